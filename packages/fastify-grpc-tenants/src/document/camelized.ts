import type { DocumentSchema } from "./document-schema.ts";

/**
 * A checked value with the names of its members in camelCase, as the plugins' options have them. Names that the document
 * chooses itself, such as those of limits, stay as they are: the schema tells which is which.
 */
export function camelized(value: unknown, schema: DocumentSchema): unknown {
  if (Array.isArray(value)) {
    const of = schema.items ?? listIn(schema)?.items;
    return of === undefined ? value : value.map((item) => camelized(item, of));
  }
  if (typeof value !== "object" || value === null) return value;
  const { properties, additionalProperties } = schema;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const own = properties !== undefined && Object.hasOwn(properties, name);
      const of = own ? properties[name] : additionalProperties || undefined;
      return [own ? camelName(name) : name, of === undefined ? member : camelized(member, of)];
    }),
  );
}

function listIn({ oneOf = [] }: DocumentSchema): DocumentSchema | undefined {
  return oneOf.find(({ type }) => type === "array");
}

function camelName(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `failureRate` as a document has it: `failure_rate`. */
export function snakeName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
