import type { OpenApiDocument } from "fastify-grpc-openapi";
import type { Random } from "./random.ts";

/** A schema of OpenAPI 3.1, read loosely. */
// biome-ignore lint/suspicious/noExplicitAny: the generator looks at whatever keyword there is
export type Schema = Record<string, any>;

const maxDepth = 5;

/** A value that a client may send by a schema of the document. */
export function randomValue(
  schema: Schema,
  document: OpenApiDocument,
  random: Random,
  depth = 0,
): unknown {
  if (schema.$ref) return randomValue(resolve(schema, document), document, random, depth);
  if ("const" in schema) return schema.const;
  if (schema.enum) return random.pick(schema.enum);
  const [first] = schema.anyOf ?? [];
  if (first && schema.type === undefined && !first.required) {
    return randomValue(random.pick(schema.anyOf), document, random, depth);
  }
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case "boolean":
      return random.chance(0.5);
    case "integer":
      return Math.max(
        schema.minimum ?? -5,
        random.below(Math.min(100, (schema.maximum ?? 100) + 1)),
      );
    case "number":
      return random.pick([0, 1.5]);
    case "string":
      return text(schema, random);
    case "array":
      return Array.from({ length: depth < maxDepth ? random.below(3) : 0 }, () =>
        randomValue(schema.items, document, random, depth + 1),
      );
    case "object":
      return object(schema, document, random, depth);
    case "null":
      return null;
    default:
      return "anything";
  }
}

function object(schema: Schema, document: OpenApiDocument, random: Random, depth: number): unknown {
  const properties: Record<string, Schema> = schema.properties ?? {};
  if ("@type" in properties) return { "@type": "type.googleapis.com/google.protobuf.Empty" };
  const required: readonly string[] = schema.required ?? [];
  const taken = new Set<string>();
  const result: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(properties)) {
    const full = { ...(property.$ref ? resolve(property, document) : property), ...property };
    if (full.readOnly) continue;
    const group = (schema["x-oneof"] ?? []).find((one: Schema) => one.fields.includes(name));
    if (group !== undefined && taken.has(group.name)) continue;
    if (!required.includes(name) && (depth >= maxDepth || !random.chance(0.5))) continue;
    if (group !== undefined) taken.add(group.name);
    result[name] = randomValue(property, document, random, depth + 1);
  }
  if (typeof schema.additionalProperties === "object" && depth < maxDepth) {
    result["1"] = randomValue(schema.additionalProperties, document, random, depth + 1);
  }
  return result;
}

function text(schema: Schema, random: Random): string {
  switch (schema.format) {
    case "date-time":
      return "2026-01-02T03:04:05.678Z";
    case "int64":
    case "uint64":
      return random.pick(["0", "42"]);
    case "byte":
      return "AQI=";
  }
  if (schema.pattern?.endsWith("s$")) return "1.500s";
  return random.pick(["abc", "näme", "a b&c=d"]);
}

function resolve(schema: Schema, document: OpenApiDocument): Schema {
  const name = String(schema.$ref).replace("#/components/schemas/", "");
  const found = document.components.schemas?.[name];
  if (found === undefined) throw new Error(`no component ${name}`);
  return found;
}
