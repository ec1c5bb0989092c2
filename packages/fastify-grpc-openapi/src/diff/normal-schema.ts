import { type OpenApiDocument, referencedSchema, type SchemaObject } from "../model/openapi.ts";

/** A schema of any OpenAPI version in one form: no `$ref`, no plain `allOf`, types as a set. */
export interface NormalSchema {
  /** The component that the schema is, if it is nothing else. */
  readonly name: string | undefined;
  /** Undefined for any type. */
  readonly types: ReadonlySet<string> | undefined;
  readonly format: string | undefined;
  /** Allowed values as JSON, undefined for all. */
  readonly values: ReadonlySet<string> | undefined;
  readonly properties: ReadonlyMap<string, SchemaObject>;
  readonly required: ReadonlySet<string>;
  /** `false` when no further properties are allowed. */
  readonly additional: SchemaObject | boolean;
  readonly items: SchemaObject | undefined;
  /** Lower limits as numbers; exclusive ones count as the next representable step. */
  readonly minimum: ReadonlyMap<string, number>;
  readonly maximum: ReadonlyMap<string, number>;
  readonly pattern: string | undefined;
  /** Member lists of at-most-one and exactly-one groups: `a|b` to whether one is demanded. */
  readonly oneofs: ReadonlyMap<string, boolean>;
  /** Branches of other unions. */
  readonly branches: readonly SchemaObject[];
  readonly defaultValue: string | undefined;
}

const lowerLimits = [
  "minimum",
  "exclusiveMinimum",
  "minLength",
  "minItems",
  "minProperties",
] as const;
const upperLimits = [
  "maximum",
  "exclusiveMaximum",
  "maxLength",
  "maxItems",
  "maxProperties",
] as const;

/** The schema in its normal form. References outside of the document's components mean any value. */
export function normalSchema(schema: SchemaObject, document: OpenApiDocument): NormalSchema {
  const parts = [...partsOf(schema, document, new Set())];
  const all = <T>(pick: (part: SchemaObject) => T | undefined): T[] =>
    parts.map(pick).filter((value) => value !== undefined);
  const oneofs = new Map(all((part) => part.oneOf).flatMap(presenceGroup));
  const unions = all((part) => part.anyOf).concat(
    all((part) => part.oneOf).filter((branches) => presenceGroup(branches).length === 0),
  );
  const { nullable, branches } = withoutNull(unions.flat());
  const types = typesOf(parts, nullable);
  const [values] = all((part) => ("const" in part ? [part.const] : part.enum));
  const additional = all((part) => part.additionalProperties);
  return {
    name: componentOf(schema),
    types,
    format: all((part) => part.format)[0],
    values: values && new Set(values.map((value) => JSON.stringify(value))),
    properties: new Map(all((part) => part.properties).flatMap((set) => Object.entries(set))),
    required: new Set(all((part) => part.required).flat()),
    additional: additional.includes(false) ? false : (additional[0] ?? true),
    items: all((part) => part.items)[0],
    minimum: limitsOf(parts, lowerLimits, Math.max),
    maximum: limitsOf(parts, upperLimits, Math.min),
    pattern:
      all((part) => part.pattern)
        .sort()
        .join(" and ") || undefined,
    oneofs,
    branches,
    defaultValue: all((part) => ("default" in part ? JSON.stringify(part.default) : undefined))[0],
  };
}

/** The component that a schema refers to, also through a lone `allOf`, as 3.0 writes siblings of `$ref`. */
function componentOf(schema: SchemaObject): string | undefined {
  if (schema.$ref !== undefined) return referencedSchema(schema.$ref);
  const [only, second] = schema.allOf ?? [];
  const isWrapper = schema.properties === undefined && schema.type === undefined;
  return only !== undefined && second === undefined && isWrapper ? componentOf(only) : undefined;
}

function* partsOf(
  schema: SchemaObject,
  document: OpenApiDocument,
  seen: Set<string>,
): Generator<SchemaObject> {
  yield schema;
  if (schema.$ref !== undefined && !seen.has(schema.$ref)) {
    seen.add(schema.$ref);
    const target = document.components?.schemas?.[referencedSchema(schema.$ref) ?? ""];
    if (target !== undefined) yield* partsOf(target, document, seen);
  }
  for (const part of schema.allOf ?? []) yield* partsOf(part, document, seen);
}

function typesOf(parts: readonly SchemaObject[], nullable: boolean): Set<string> | undefined {
  const typed = parts.find((part) => part.type !== undefined);
  if (typed?.type === undefined) return undefined;
  const types = new Set([typed.type].flat());
  if (nullable || parts.some((part) => part.nullable)) types.add("null");
  return types;
}

function limitsOf(
  parts: readonly SchemaObject[],
  keywords: readonly (typeof lowerLimits | typeof upperLimits)[number][],
  tighter: (...values: number[]) => number,
): Map<string, number> {
  const limits = new Map<string, number>();
  for (const part of parts) {
    for (const keyword of keywords) {
      const value = part[keyword];
      if (typeof value !== "number") continue;
      const kind = keyword.replace(/^exclusive/, "").toLowerCase();
      const isExclusive =
        keyword.startsWith("exclusive") ||
        (kind === "minimum" && part.exclusiveMinimum === true) ||
        (kind === "maximum" && part.exclusiveMaximum === true);
      const step = isExclusive ? Number.EPSILON * Math.max(1, Math.abs(value)) : 0;
      const limit = keywords === (lowerLimits as unknown) ? value + step : value - step;
      limits.set(kind, tighter(limit, limits.get(kind) ?? limit));
    }
  }
  return limits;
}

/** The members of a oneof written as branches that only demand a property; a guard branch makes it optional. */
function presenceGroup(branches: readonly SchemaObject[]): [string, boolean][] {
  const guard = branches.some((branch) => branch.not?.anyOf !== undefined);
  const members = branches.filter((branch) => branch.not === undefined);
  const names = members.map((branch) => {
    const isPresence = Object.keys(branch).length === 1 && branch.required?.length === 1;
    return isPresence ? branch.required?.[0] : undefined;
  });
  if (names.length === 0 || names.includes(undefined)) return [];
  return [[names.sort().join("|"), !guard]];
}

function withoutNull(branches: readonly SchemaObject[]): {
  nullable: boolean;
  branches: SchemaObject[];
} {
  const isNull = (branch: SchemaObject): boolean =>
    branch.type === "null" || (branch.enum?.length === 1 && branch.enum[0] === null);
  const others = branches.filter((branch) => !isNull(branch));
  return { nullable: others.length < branches.length, branches: others };
}
