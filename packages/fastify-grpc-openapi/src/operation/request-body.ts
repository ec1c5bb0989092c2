import type { DescField, DescMessage } from "@bufbuild/protobuf";
import type { HttpBinding } from "grpc-transcoding";
import { describe } from "../annotation/comments.ts";
import type { DocumentContext } from "../context/document-context.ts";
import { restOf } from "../context/rest-of.ts";
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
  const { consumes } = restOf(binding, context);
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
    content: raw ? binaryContent(consumes) : jsonContent(consumes, bodySchema(binding, context)),
  };
}

/** Bytes of any media type, or of those that the method declares: what google.api.HttpBody carries. */
export function binaryContent(types: readonly string[] = ["*/*"]): Record<string, MediaTypeObject> {
  return contentOf(types, { type: "string", format: "binary" });
}

/** JSON, under the media types that the method declares. */
export function jsonContent(
  types: readonly string[] = ["application/json"],
  schema: SchemaObject,
): Record<string, MediaTypeObject> {
  return contentOf(types, schema);
}

function contentOf(
  types: readonly string[],
  schema: SchemaObject,
): Record<string, MediaTypeObject> {
  return Object.fromEntries(types.map((type) => [type, { schema }]));
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
