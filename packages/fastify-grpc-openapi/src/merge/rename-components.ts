import { type OpenApiDocument, referencedSchema, schemaReference } from "../model/openapi.ts";

/**
 * The addition with other names for those components that the base has with another content: two
 * gateways may print one message in two ways. Components that are equal are shared.
 */
export function renameClashes(
  base: OpenApiDocument,
  addition: OpenApiDocument,
  label: string,
): OpenApiDocument {
  const theirs = base.components?.schemas ?? {};
  const ours = addition.components.schemas ?? {};
  const clashes = new Set(
    Object.keys(ours).filter(
      (name) => name in theirs && JSON.stringify(ours[name]) !== JSON.stringify(theirs[name]),
    ),
  );
  if (clashes.size === 0) return addition;

  // Whoever refers to a clashing component and is in the base too would refer to the base's.
  const shared = Object.keys(ours).filter((name) => name in theirs);
  for (let before = -1; before < clashes.size; ) {
    before = clashes.size;
    for (const name of shared) {
      if (!clashes.has(name) && refersTo(ours[name], clashes)) clashes.add(name);
    }
  }
  const names = new Map([...clashes].map((name) => [name, `${name}.${suffixOf(label)}`]));
  const { schemas, ...components } = addition.components;
  return {
    ...rewrite({ ...addition, components }, names),
    components: {
      ...rewrite(components, names),
      schemas: Object.fromEntries(
        Object.entries(schemas ?? {}).map(([name, schema]) => [
          names.get(name) ?? name,
          rewrite(schema, names),
        ]),
      ),
    },
  };
}

/** What stands behind a name to tell it from another's. */
export function suffixOf(label: string): string {
  return label.replace(/[^A-Za-z0-9_-]+/g, "_").replace(/^_+|_+$/g, "") || "gateway";
}

function refersTo(value: unknown, names: ReadonlySet<string>): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, member]) =>
    key === "$ref" && typeof member === "string"
      ? names.has(referencedSchema(member) ?? "")
      : refersTo(member, names),
  );
}

function rewrite<T>(value: T, names: ReadonlyMap<string, string>): T {
  if (Array.isArray(value)) return value.map((item) => rewrite(item, names)) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => {
    const name =
      key === "$ref" && typeof member === "string" ? referencedSchema(member) : undefined;
    const renamed = name === undefined ? undefined : names.get(name);
    return [key, renamed === undefined ? rewrite(member, names) : schemaReference(renamed).$ref];
  });
  return Object.fromEntries(entries);
}
