import type { DescMessage } from "@bufbuild/protobuf";
import type { JsonCodec } from "../json/json-codec.ts";
import type { FieldPath } from "../model/field-path.ts";
import type { HttpBinding } from "../model/schema.ts";
import type { FieldViolation } from "../status/error-details.ts";
import { createQueryFields, type QueryField, type QueryFields } from "./query-fields.ts";
import { parseQueryString, type QueryParameter } from "./query-string.ts";
import { getOwn, isObject, type RequestValue, setOwn } from "./request-value.ts";
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

/** Deeper parameter names than this are refused before their fields are looked up. */
const maxDepth = 32;

/** Compiles the query of a binding: reference google/api/http.proto, "Rules for HTTP mapping". */
export function compileQueryBinder(binding: HttpBinding, options: QueryOptions): QueryBinder {
  const { codec, dialect, goQuery } = options;
  if (goQuery && binding.body === "*") return () => {};
  const fieldsOf = createQueryFields(dialect, codec, options.isChecked);
  const input = binding.method.input;
  const bound = boundPaths(binding);
  const replaced = options.replaced.map(({ fields }) => fields.map(({ name }) => name));
  const isIgnored = compileIgnored(options.unknownQuery);
  const known = new Map<string, ResolvedName>();

  function find(name: string): ResolvedName | RefusedName {
    const found = known.get(name) ?? resolve(name, fieldsOf(input), input, { bound, replaced });
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
        bindParameter(found, parameter, target, parts, violations);
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

function startsWith(path: readonly string[], start: readonly string[]): boolean {
  return start.every((name, i) => name === path[i]);
}

function compileIgnored(unknownQuery: UnknownQuery): (name: string) => boolean {
  if (typeof unknownQuery === "string") return () => unknownQuery === "ignore";
  const names = new Set(unknownQuery);
  const prefixes = unknownQuery.filter((one) => one.endsWith("*")).map((one) => one.slice(0, -1));
  return (name) => names.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}

/** The fields that a parameter's name goes through, and the map key in its brackets. */
interface ResolvedName {
  readonly parents: readonly QueryField[];
  readonly field: QueryField;
  readonly key: string | undefined;
  readonly isReplaced: boolean;
}

interface RefusedName {
  readonly refused: "UNKNOWN_PARAMETER" | "NOT_BINDABLE" | "BOUND_ELSEWHERE";
  readonly description: string;
  /** The messages before the step that was refused. */
  readonly parents: readonly QueryField[];
}

function resolve(
  name: string,
  root: QueryFields,
  input: DescMessage,
  { bound, replaced }: Readonly<Record<"bound" | "replaced", readonly (readonly string[])[]>>,
): ResolvedName | RefusedName {
  const bracket = name.endsWith("]") ? name.indexOf("[") : -1;
  const path = bracket < 0 ? name : name.slice(0, bracket);
  const key = bracket < 0 ? undefined : name.slice(bracket + 1, -1);
  const steps = path.split(".", maxDepth + 1);
  if (steps.length > maxDepth) return refuse("NOT_BINDABLE", `more than ${maxDepth} levels deep`);

  const parents: QueryField[] = [];
  let fields = root;
  let parent = input;
  const names: string[] = [];
  for (const [index, step] of steps.entries()) {
    const field = fields.get(step);
    if (field === undefined) {
      const description = `${parent.typeName} has no field ${quote(step)}`;
      return refuse("UNKNOWN_PARAMETER", description, parents);
    }
    const last = index === steps.length - 1;
    names.push(field.desc.name);
    if (bound.some((path) => startsWith(names, path) || (last && startsWith(path, names)))) {
      return refuse("BOUND_ELSEWHERE", "the path or the body of this method sets this field");
    }
    if (last) {
      const isReplaced = replaced.some((path) => startsWith(names, path));
      return checkLast({ parents, field, key, isReplaced });
    }
    if (field.kind !== "message" && field.textOfParts === undefined) {
      return refuse(
        "NOT_BINDABLE",
        `${quote(field.desc.name)} has no fields that a query can name`,
      );
    }
    parents.push(field);
    fields = field.fields();
    parent = field.desc.message as DescMessage;
  }
  throw new Error("a name has at least one step");
}

function checkLast(resolved: ResolvedName): ResolvedName | RefusedName {
  const { desc, kind } = resolved.field;
  if (kind === "message") return refuse("NOT_BINDABLE", `name a field of it: ${desc.name}.…`);
  if (kind === "unbindable") return refuse("NOT_BINDABLE", "a query cannot carry this field");
  if (kind === "map" && resolved.key === undefined) {
    return refuse("NOT_BINDABLE", `a map takes its key in brackets: ${desc.name}[key]=value`);
  }
  if (kind !== "map" && resolved.key !== undefined) {
    return refuse("UNKNOWN_PARAMETER", "only a map takes a key in brackets");
  }
  return resolved;
}

function refuse(
  refused: RefusedName["refused"],
  description: string,
  parents: readonly QueryField[] = [],
): RefusedName {
  return { refused, description, parents };
}

function bindParameter(
  { parents, field, key }: ResolvedName,
  parameter: QueryParameter,
  root: RequestValue,
  parts: MessageParts,
  violations: FieldViolation[],
): void {
  const { name, value } = parameter;
  let target = root;
  for (const step of [...parents, field]) {
    const rival = step.rivals.find((other) => Object.hasOwn(target, other));
    if (rival !== undefined) {
      addViolation(violations, name, "ONEOF_CONFLICT", `${rival} of the same oneof is set as well`);
      return;
    }
    if (step === field) break;
    const inner = message(target, step, name, parts);
    if (!isObject(inner)) {
      addViolation(violations, name, "REPEATED_SINGULAR", `${step.desc.name} is set as a whole`);
      return;
    }
    target = inner;
  }
  if (field.kind === "list") {
    const list = container(target, field, []) as unknown[];
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
  parents: readonly QueryField[],
  name: string,
  root: RequestValue,
  parts: MessageParts,
): void {
  let target: unknown = root;
  for (const step of parents) {
    if (!isObject(target)) return;
    target = message(target, step, name, parts);
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
