import type { DescEnum, DescField, DescMessage, ScalarType } from "@bufbuild/protobuf";
import type { SchemaContext } from "../context/schema-context.ts";
import type { SchemaObject } from "../model/openapi.ts";
import { is64Bit, scalarSchema } from "./scalar-schema.ts";
import { isWrapper, wellKnownSchema } from "./well-known-types.ts";

/** The JSON form of a field's value, without its documentation and constraints. */
export function valueSchema(field: DescField, context: SchemaContext): SchemaObject {
  switch (field.fieldKind) {
    case "list":
      return { type: "array", items: elementSchema(field, context) };
    case "map":
      return { type: "object", additionalProperties: elementSchema(field, context) };
    default:
      return elementSchema(field, context);
  }
}

/** The JSON form of a field's value, of each value of a list or map. */
export function elementSchema(field: DescField, context: SchemaContext): SchemaObject {
  if (isNumber(field, context)) {
    const text = scalarSchema(field.scalar as ScalarType);
    return { anyOf: [{ ...text, type: "integer" }, text] };
  }
  return typeSchema(field.message ?? field.enum ?? (field.scalar as ScalarType), context);
}

/** Whether a 64-bit field is a number as far as numbers go, and a string beyond, by `(fastify.grpc.v1.field)`. */
function isNumber(field: DescField, { annotations }: SchemaContext): boolean {
  if (field.scalar === undefined || !is64Bit(field.scalar)) return false;
  return Object(annotations.read(field, "fastify.grpc.v1.field")).number === true;
}

/** The JSON form of a type: inline for scalars and well-known types, a reference for others. */
export function typeSchema(
  type: DescMessage | DescEnum | ScalarType,
  context: SchemaContext,
): SchemaObject {
  if (typeof type === "number") return scalarSchema(type);
  if (type.kind === "enum") {
    return type.typeName === "google.protobuf.NullValue" ? { type: "null" } : context.ref(type);
  }
  const wrapped = isWrapper(type.typeName) ? type.fields[0] : undefined;
  if (wrapped !== undefined) return elementSchema(wrapped, context);
  return wellKnownSchema(type.typeName) ?? context.ref(type);
}
