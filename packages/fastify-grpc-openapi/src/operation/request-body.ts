import type { DescField, DescMessage } from "@bufbuild/protobuf";
import type { HttpBinding } from "grpc-transcoding";
import { describe } from "../annotation/comments.ts";
import type { DocumentContext } from "../context/document-context.ts";
import type { MediaTypeObject, RequestBodyObject, SchemaObject } from "../model/openapi.ts";
import { constrainedValue, isRequired } from "../schema/field-schema.ts";
import { type FieldTree, fieldTree } from "../schema/field-tree.ts";
import { messageSchema } from "../schema/message-schema.ts";
import { typeSchema } from "../schema/value-schema.ts";

/** The request body of an operation; undefined when its rule names none (google/api/http.proto). */
export function requestBody(
  binding: HttpBinding,
  context: DocumentContext,
): RequestBodyObject | undefined {
  const { body } = binding;
  if (body === undefined) return undefined;
  const message = body === "*" ? binding.method.input : body.message;
  const raw =
    context.source.httpBodyRequests !== "json" &&
    message?.typeName === "google.api.HttpBody" &&
    (body === "*" || body.fieldKind === "message");
  const description = body === "*" ? "" : describe(context.schema, body).text;
  return {
    ...(description !== "" && { description }),
    required: true,
    content: raw
      ? binaryContent()
      : { "application/json": { schema: bodySchema(binding, context) } },
  };
}

/** Bytes of any media type: what google.api.HttpBody carries. */
export function binaryContent(): Record<string, MediaTypeObject> {
  return { "*/*": { schema: { type: "string", format: "binary" } } };
}

function bodySchema(binding: HttpBinding, context: DocumentContext): SchemaObject {
  const paths = binding.pathVariables.map((variable) => variable.field.fields);
  const elsewhere = fieldTree(paths);
  if (binding.body === "*") {
    if (elsewhere.size === 0) return typeSchema(binding.method.input, context);
    return messageSchema(binding.method.input, context, elsewhere);
  }
  const field = binding.body as DescField;
  const below = elsewhere.get(field);
  // A field that the path gives may be repeated in the body, unless the body would have to have it.
  if (below instanceof Map && field.message && demandsAny(field.message, below, context)) {
    return messageSchema(field.message, context, below);
  }
  return constrainedValue(field, context);
}

function demandsAny(message: DescMessage, tree: FieldTree, context: DocumentContext): boolean {
  return message.fields.some((field) => {
    const below = tree.get(field);
    if (below === undefined) return false;
    if (below === true) return isRequired(field, context);
    return field.message !== undefined && demandsAny(field.message, below, context);
  });
}
