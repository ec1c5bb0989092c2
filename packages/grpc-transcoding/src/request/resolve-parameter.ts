import type { DescMessage } from "@bufbuild/protobuf";
import type { QueryDialect } from "../model/query-dialect.ts";
import { type NameStep, splitNameOf } from "./parameter-name.ts";
import type { QueryField, QueryFields } from "./query-fields.ts";
import { quote } from "./text-dialect.ts";

/** Deeper parameter names than this are refused before their fields are looked up. */
const maxDepth = 32;

/** A message that a parameter's name goes through. */
export interface ParentField {
  readonly field: QueryField;
  /** Which item it is, of a repeated message. */
  readonly index: number | undefined;
}

/** The fields that a parameter's name goes through, and what stands in brackets at its end. */
export interface ResolvedName {
  readonly parents: readonly ParentField[];
  readonly field: QueryField;
  /** The key of a map. */
  readonly key: string | undefined;
  /** Which item of a list, where the name tells. */
  readonly index: number | undefined;
  readonly isReplaced: boolean;
}

/** A name that is no field's, or of one that a query cannot give. */
export interface RefusedName {
  readonly refused: "UNKNOWN_PARAMETER" | "NOT_BINDABLE" | "BOUND_ELSEWHERE";
  readonly description: string;
  /** The messages before the step that was refused. */
  readonly parents: readonly ParentField[];
}

/** Fields by the proto names on the way to them. */
type FieldPaths = readonly (readonly string[])[];

/** What a query cannot give, since something else does. */
export interface GivenElsewhere {
  /** By the path or the body: naming them is an error. */
  readonly bound: FieldPaths;
  /** By headers: naming them does nothing. */
  readonly replaced: FieldPaths;
}

/** Compiles the names of a message's parameters. */
export function compileParameterNames(
  input: DescMessage,
  rootOf: () => QueryFields,
  spelling: QueryDialect,
  { bound, replaced }: GivenElsewhere,
): (name: string) => ResolvedName | RefusedName {
  const split = splitNameOf(spelling);

  return (name) => {
    const steps = split(name);
    const depth = steps.filter(({ isBracket }) => !isBracket).length;
    if (depth > maxDepth || steps.length > 2 * maxDepth) {
      return refuse("NOT_BINDABLE", `more than ${maxDepth} levels deep`);
    }
    const parents: ParentField[] = [];
    const names: string[] = [];
    let fields = rootOf();
    let parent = input;
    for (let i = 0; ; ) {
      const { text } = steps[i++] as NameStep;
      const field = fields.get(text);
      if (field === undefined) {
        const description = `${parent.typeName} has no field ${quote(text)}`;
        return refuse("UNKNOWN_PARAMETER", description, parents);
      }
      names.push(field.desc.name);
      const { isLast, key, index, used } = behind(field, steps, i, spelling);
      i += used;
      if (bound.some((path) => startsWith(names, path) || (isLast && startsWith(path, names)))) {
        return refuse("BOUND_ELSEWHERE", "the path or the body of this method sets this field");
      }
      if (isLast) {
        const isReplaced = replaced.some((path) => startsWith(names, path));
        return checkLast({ parents, field, key, index, isReplaced });
      }
      if (field.kind !== "message" && field.kind !== "messages" && !field.textOfParts) {
        const what = `${quote(field.desc.name)} has no fields that a query can name`;
        return refuse("NOT_BINDABLE", what);
      }
      if (field.kind === "messages" && index === undefined) {
        const what = `an item of it takes its number in brackets: ${field.desc.name}[0].…`;
        return refuse("NOT_BINDABLE", what);
      }
      parents.push({ field, index });
      fields = field.fields();
      parent = field.desc.message as DescMessage;
    }
  };
}

interface Behind {
  readonly isLast: boolean;
  readonly key?: string;
  readonly index?: number;
  /** How many steps are the field's own. */
  readonly used: number;
}

/** What a name has behind a field: a key, a number, a field of the field, or nothing. */
function behind(
  { kind, textOfParts }: QueryField,
  steps: readonly NameStep[],
  at: number,
  { arrays, objects }: QueryDialect,
): Behind {
  const next = steps[at];
  const isEnd = at === steps.length - 1;
  if (next === undefined) return { isLast: true, used: 0 };
  if (!next.isBracket) return { isLast: false, used: 0 };
  const number = /^\d{1,6}$/.test(next.text) ? Number(next.text) : undefined;
  if (kind === "messages" && number !== undefined) {
    return { isLast: isEnd, index: number, used: 1 };
  }
  if (kind === "list" && arrays === "brackets" && isEnd) {
    if (next.text === "") return { isLast: true, used: 1 };
    if (number !== undefined) return { isLast: true, index: number, used: 1 };
  }
  const hasFields = kind === "message" || textOfParts !== undefined;
  if (hasFields && objects === "brackets") return { isLast: false, used: 0 };
  // A key, or what only looks like one.
  return { isLast: true, key: isEnd ? next.text : "", used: 1 };
}

function checkLast(resolved: ResolvedName): ResolvedName | RefusedName {
  const { desc, kind } = resolved.field;
  if (kind === "message") return refuse("NOT_BINDABLE", `name a field of it: ${desc.name}.…`);
  if (kind === "messages") {
    return refuse("NOT_BINDABLE", `name a field of an item: ${desc.name}[0].…`);
  }
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
  parents: readonly ParentField[] = [],
): RefusedName {
  return { refused, description, parents };
}

function startsWith(path: readonly string[], start: readonly string[]): boolean {
  return start.every((name, i) => name === path[i]);
}
