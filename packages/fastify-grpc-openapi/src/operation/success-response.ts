import type { HttpBinding } from "grpc-transcoding";
import { describe } from "../annotation/comments.ts";
import type { DocumentContext } from "../context/document-context.ts";
import { restOf } from "../context/rest-of.ts";
import { streamErrorBody, streamErrorItem } from "../error/error-body.ts";
import type { ResponseObject } from "../model/openapi.ts";
import { constrainedValue } from "../schema/field-schema.ts";
import { typeSchema } from "../schema/value-schema.ts";
import { rangeHeaders } from "./byte-ranges.ts";
import { policyHeaders } from "./policy-headers.ts";
import { binaryContent, jsonContent } from "./request-body.ts";
import { eventSchemas } from "./stream-events.ts";
import { streamContent } from "./stream-media.ts";

/** The response to a call that succeeds: the message, its `response_body`, raw bytes, or a stream of either. */
export function successResponse(binding: HttpBinding, context: DocumentContext): ResponseObject {
  const { method, responseBody } = binding;
  const { produces } = restOf(binding, context);
  const message = responseBody === undefined ? method.output : responseBody.message;
  const description =
    (message && describe(context.schema, message).summary) || "A successful response.";
  const headers = { ...rangeHeaders(binding), ...policyHeaders(binding, context) };
  const shown = Object.keys(headers).length > 0 ? { headers } : {};
  if (
    message?.typeName === "google.api.HttpBody" &&
    (responseBody === undefined || responseBody.fieldKind === "message")
  ) {
    return { description, ...shown, content: binaryContent(produces) };
  }
  const schema = responseBody
    ? constrainedValue(responseBody, context)
    : typeSchema(method.output, context);
  const events = eventSchemas(binding, context);
  if (!method.serverStreaming) {
    return { description, ...shown, content: jsonContent(produces, schema) };
  }
  return {
    description: `${description}\n\nA stream: the schema is that of one message.`,
    ...shown,
    content: streamContent(context.source.streamEncoders, {
      message: schema,
      ...(events !== undefined && { event: events }),
      error: streamErrorBody(context),
      errorItem: streamErrorItem(context),
    }),
  };
}
