import type { SchemaObject } from "../model/openapi.ts";

/**
 * A schema of OpenAPI 3.1 (JSON Schema 2020-12) in the terms of 3.0: one `type` and `nullable`,
 * boolean exclusive limits, no siblings of `$ref`. What 3.0 has no word for is left out.
 */
export function lowerSchema(schema: SchemaObject): SchemaObject {
  const { $ref, ...rest } = lowerKeywords(schema);
  if ($ref === undefined) return rest;
  return Object.keys(rest).length === 0
    ? { $ref }
    : { ...rest, allOf: [{ $ref }, ...(rest.allOf ?? [])] };
}

function lowerKeywords(schema: SchemaObject): SchemaObject {
  const { const: constant, examples, propertyNames, contentSchema, ...lowered } = schema;
  if ("const" in schema) lowered.enum = [constant];
  if (examples?.length) lowered.example = examples[0];
  delete lowered.contentMediaType;
  delete lowered.contentEncoding;
  lowerType(lowered);
  lowerLimit(lowered, "exclusiveMinimum", "minimum");
  lowerLimit(lowered, "exclusiveMaximum", "maximum");
  if (schema.items) lowered.items = lowerSchema(schema.items);
  if (schema.not) lowered.not = lowerSchema(schema.not);
  if (typeof schema.additionalProperties === "object") {
    lowered.additionalProperties = lowerSchema(schema.additionalProperties);
  }
  if (schema.properties) {
    const properties = Object.entries(schema.properties);
    lowered.properties = Object.fromEntries(
      properties.map(([key, value]) => [key, lowerSchema(value)]),
    );
  }
  for (const combined of ["allOf", "anyOf", "oneOf"] as const) {
    const schemas = schema[combined];
    if (schemas) lowered[combined] = schemas.map(lowerSchema);
  }
  return lowered;
}

function lowerType(schema: SchemaObject): void {
  if (schema.type === "null") {
    // `nullable` means nothing without another type; the enum leaves null alone.
    Object.assign(schema, { type: "string", nullable: true, enum: [null] });
  } else if (Array.isArray(schema.type)) {
    const types = schema.type.filter((type) => type !== "null");
    if (types.length < schema.type.length) schema.nullable = true;
    if (types.length === 1 && types[0]) schema.type = types[0];
    else {
      delete schema.type;
      schema.anyOf = [...(schema.anyOf ?? []), ...types.map((type) => ({ type }))];
    }
  }
}

function lowerLimit(
  schema: SchemaObject,
  exclusive: "exclusiveMinimum" | "exclusiveMaximum",
  inclusive: "minimum" | "maximum",
): void {
  const limit = schema[exclusive];
  if (typeof limit !== "number") return;
  const other = schema[inclusive];
  const isTighter =
    exclusive === "exclusiveMinimum" ? limit >= (other ?? limit) : limit <= (other ?? limit);
  if (isTighter) {
    schema[inclusive] = limit;
    schema[exclusive] = true;
  } else {
    delete schema[exclusive];
  }
}
