import type { JsonCodec } from "../json/json-codec.ts";
import type { FieldPath } from "../model/field-path.ts";
import type { QueryDialect } from "../model/query-dialect.ts";
import type { HttpBinding } from "../model/schema.ts";
import type { FieldViolation } from "../status/error-details.ts";
import { createQueryFields, type QueryField } from "./query-fields.ts";
import { decodeQueryText, parseQueryString, type QueryParameter } from "./query-string.ts";
import { getOwn, isObject, type RequestValue, setOwn } from "./request-value.ts";
import {
  compileParameterNames,
  type ParentField,
  type RefusedName,
  type ResolvedName,
} from "./resolve-parameter.ts";
import { quote, type TextDialect } from "./text-dialect.ts";
import { addViolation, isFull, parseText } from "./violations.ts";

/**
 * What becomes of a parameter that names no field, or one that the path or the body fills: an error,
 * nothing, or nothing for the listed names only (`"utm_*"` for all that begin so).
 */
export type UnknownQuery = "reject" | "ignore" | readonly string[];

/** How a binding's query is read. */
export interface QueryOptions {
  readonly codec: JsonCodec;
  readonly dialect: TextDialect;
  readonly unknownQuery: UnknownQuery;
  /**
   * Reads the query itself as grpc-gateway v2 does: `;` is an error, a message of which an unknown field
   * is named is set, and where the body is the whole message the query is not looked at.
   */
  readonly goQuery: boolean;
  /** Whether all that is wrong is found. Otherwise the codec finds some of it later, but not where it stood. */
  readonly isChecked: boolean;
  /** How names and lists are spelt. */
  readonly spelling: QueryDialect;
  /** Fields whose parameters are read and left, since a header gives them. */
  readonly replaced: readonly FieldPath[];
}

/** Binds a raw query (without its `?`) into `target`. Failures become violations. */
export type QueryBinder = (
  query: string,
  target: RequestValue,
  violations: FieldViolation[],
) => void;

// Clients choose names, in recursive messages without end.
const maxKnownNames = 256;

/** Compiles the query of a binding: reference google/api/http.proto, "Rules for HTTP mapping". */
export function compileQueryBinder(binding: HttpBinding, options: QueryOptions): QueryBinder {
  const { codec, dialect, goQuery } = options;
  if (goQuery && binding.body === "*") return () => {};
  const { spelling } = options;
  const fieldsOf = createQueryFields(dialect, codec, options.isChecked, spelling.messages);
  const { input } = binding.method;
  const resolve = compileParameterNames(input, () => fieldsOf(input), spelling, {
    bound: boundPaths(binding),
    replaced: options.replaced.map(({ fields }) => fields.map(({ name }) => name)),
  });
  const isIgnored = compileIgnored(options.unknownQuery);
  const known = new Map<string, ResolvedName>();

  function find(name: string): ResolvedName | RefusedName {
    const found = known.get(name) ?? resolve(name);
    if ("refused" in found) return found;
    if (found.key === undefined && known.size < maxKnownNames) known.set(name, found);
    return found;
  }

  return (query, target, violations) => {
    if (goQuery && query.includes(";")) {
      addViolation(violations, "", "BAD_ENCODING", "a query must not have a semicolon");
    }
    const parts: MessageParts = new Map();
    for (const parameter of parseQueryString(query)) {
      if (isFull(violations)) return;
      if ("malformed" in parameter) {
        const { malformed } = parameter;
        addViolation(
          violations,
          malformed,
          "BAD_ENCODING",
          `bad percent-encoding in ${quote(malformed)}`,
        );
        continue;
      }
      const { name } = parameter;
      const found = find(name);
      if (!("refused" in found)) {
        if (found.isReplaced) continue;
        for (const one of spelling.arrays === "csv" ? eachOf(found, parameter) : [parameter]) {
          bindParameter(found, one, target, parts, violations);
        }
      } else if (found.refused === "NOT_BINDABLE" || !isIgnored(name)) {
        addViolation(violations, name, found.refused, found.description);
      } else if (goQuery && found.refused === "UNKNOWN_PARAMETER") {
        enter(found.parents, name, target, parts);
      }
    }
    assemble(parts, violations);
  };
}

/** The fields that a binding's path and body fill, each by the proto names on the way to it. A whole body is all. */
function boundPaths({ pathVariables, body }: HttpBinding): readonly (readonly string[])[] {
  if (body === "*") return [[]];
  const paths = pathVariables.map(({ field }) => field.fields.map(({ name }) => name));
  return body === undefined ? paths : [...paths, [body.name]];
}

function compileIgnored(unknownQuery: UnknownQuery): (name: string) => boolean {
  if (typeof unknownQuery === "string") return () => unknownQuery === "ignore";
  const names = new Set(unknownQuery);
  const prefixes = unknownQuery.filter((one) => one.endsWith("*")).map((one) => one.slice(0, -1));
  return (name) => names.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}

/** The items of a list that stand in one parameter, with commas between; one in an item is escaped. */
function eachOf({ field }: ResolvedName, parameter: QueryParameter): readonly QueryParameter[] {
  const { name, encoded } = parameter;
  if (field.kind !== "list" || !encoded.includes(",")) return [parameter];
  return encoded.split(",").map((one) => ({ name, encoded: one, value: decodeQueryText(one) }));
}

function bindParameter(
  { parents, field, key, index }: ResolvedName,
  parameter: QueryParameter,
  root: RequestValue,
  parts: MessageParts,
  violations: FieldViolation[],
): void {
  const { name, value } = parameter;
  let target = root;
  for (const parent of parents) {
    if (isRivalled(parent.field, target, name, violations)) return;
    const inner = innerOf(parent, target, name, parts, violations);
    if (inner === undefined) return;
    target = inner;
  }
  if (isRivalled(field, target, name, violations)) return;
  if (field.kind === "list") {
    const list = container(target, field, []) as unknown[];
    if (index !== undefined && index !== list.length) {
      addViolation(violations, name, "INVALID_VALUE", outOfTurn(list.length));
    }
    list.push(parseText(field.parse, value, name, violations));
  } else if (field.kind === "map") {
    const entry = parseText(field.parseKey, key ?? "", name, violations);
    if (entry === undefined) return;
    const entries = container(target, field, {}) as RequestValue;
    setOnce(entries, String(entry), field, parameter, violations);
  } else {
    setOnce(target, field.desc.jsonName, field, parameter, violations);
  }
}

/** Whether another member of the field's oneof is set, which is a violation. */
function isRivalled(
  { rivals }: QueryField,
  target: RequestValue,
  name: string,
  violations: FieldViolation[],
): boolean {
  const rival = rivals.find((other) => Object.hasOwn(target, other));
  if (rival === undefined) return false;
  addViolation(violations, name, "ONEOF_CONFLICT", `${rival} of the same oneof is set as well`);
  return true;
}

/** The message that a name goes on in; undefined, with a violation, where there is none. */
function innerOf(
  { field, index }: ParentField,
  target: RequestValue,
  name: string,
  parts: MessageParts,
  violations: FieldViolation[],
): RequestValue | undefined {
  if (index !== undefined) {
    const list = container(target, field, []) as RequestValue[];
    if (index > list.length) {
      addViolation(violations, name, "INVALID_VALUE", outOfTurn(list.length));
      return undefined;
    }
    if (index === list.length) list.push({});
    return list[index];
  }
  const inner = message(target, field, name, parts);
  if (isObject(inner)) return inner;
  addViolation(violations, name, "REPEATED_SINGULAR", `${field.desc.name} is set as a whole`);
  return undefined;
}

function outOfTurn(expected: number): string {
  return `items come in their order without gaps: ${expected} is the next`;
}

/** A bad value counts as set as well: the next one is one too many. */
function setOnce(
  target: RequestValue,
  key: string,
  { parse }: QueryField,
  { name, value }: QueryParameter,
  violations: FieldViolation[],
): void {
  if (Object.hasOwn(target, key)) {
    addViolation(violations, name, "REPEATED_SINGULAR", "it takes one value");
  } else {
    setOwn(target, key, parseText(parse, value, name, violations));
  }
}

/** The well-known messages whose fields came one by one, and where each belongs. */
type MessageParts = Map<RequestValue, { target: RequestValue; field: QueryField; name: string }>;

/** The value of a singular message, made where it is missing. No object for one that a text has set. */
function message(
  target: RequestValue,
  field: QueryField,
  name: string,
  parts: MessageParts,
): unknown {
  const value = container(target, field, {});
  if (field.textOfParts !== undefined && isObject(value)) parts.set(value, { target, field, name });
  return value;
}

/** Makes the given messages where they are missing. */
function enter(
  parents: readonly ParentField[],
  name: string,
  root: RequestValue,
  parts: MessageParts,
): void {
  let target: RequestValue | undefined = root;
  for (const parent of parents) {
    // A parameter that is ignored breaks nothing.
    target = innerOf(parent, target, name, parts, []);
    if (target === undefined) return;
  }
}

/** Puts the well-known messages together. */
function assemble(parts: MessageParts, violations: FieldViolation[]): void {
  for (const [value, { target, field, name }] of parts) {
    const { desc, parse, textOfParts } = field;
    const text = textOfParts?.(value) ?? "";
    setOwn(target, desc.jsonName, parseText(parse, text, name, violations));
  }
}

/** The object or list of a field, made where it is missing. */
function container(target: RequestValue, { desc }: QueryField, empty: object): unknown {
  const present = getOwn(target, desc.jsonName);
  if (present !== undefined) return present;
  setOwn(target, desc.jsonName, empty);
  return empty;
}
