import type { DescField } from "@bufbuild/protobuf";
import type { JsonCodec } from "../json/json-codec.ts";
import type { HttpBinding, PathVariable } from "../model/schema.ts";
import type { FieldViolation } from "../status/error-details.ts";
import { fieldValue, isObject, type RequestValue, setOwn } from "./request-value.ts";
import { quote, type TextDialect } from "./text-dialect.ts";
import { compileTextValue, type TextParser } from "./text-value.ts";
import { addViolation, parseText } from "./violations.ts";

/** How captures become fields. */
export interface PathOptions {
  readonly codec: JsonCodec;
  /** For variables that are top-level fields, and for those inside of messages. */
  readonly dialect: { readonly top: TextDialect; readonly nested: TextDialect };
  /** What a body that sets a path-bound field otherwise does: nothing, the path wins; or 400. */
  readonly pathBodyConflict: "path" | "reject";
}

/** Binds a match's captures into `target`, over what the body has set. Failures become violations. */
export type PathBinder = (
  captures: readonly string[],
  target: RequestValue,
  violations: FieldViolation[],
) => void;

/** Compiles the path variables of a binding. */
export function compilePathBinder(binding: HttpBinding, options: PathOptions): PathBinder {
  const setters = binding.pathVariables.map((variable) => compileVariable(variable, options));
  return (captures, target, violations) => {
    for (const set of setters) set(captures, target, violations);
  };
}

function compileVariable({ field, index }: PathVariable, options: PathOptions): PathBinder {
  const { path, fields } = field;
  const parents = fields.slice(0, -1);
  const last = fields[fields.length - 1] as DescField;
  const dialect = parents.length === 0 ? options.dialect.top : options.dialect.nested;
  const parseOne = compileTextValue(last, dialect, options.codec) as TextParser;
  const parse: TextParser =
    last.fieldKind === "list" ? (text) => text.split(",").map(parseOne) : parseOne;
  const rejectConflict = options.pathBodyConflict === "reject";

  return (captures, target, violations) => {
    const text = captures[index] ?? "";
    const value = parseText(parse, text, path, violations);
    const parent = value === undefined ? undefined : descend(target, parents);
    if (parent === undefined) return;
    if (rejectConflict && differs(fieldValue(parent, last), value, parse)) {
      addViolation(
        violations,
        path,
        "BOUND_ELSEWHERE",
        `the body has another value than the path, ${quote(text)}`,
      );
    }
    replace(parent, last, value);
  };
}

/** The message that holds the last field. Undefined where the body has no object: the codec reports that. */
function descend(target: RequestValue, parents: readonly DescField[]): RequestValue | undefined {
  let level = target;
  for (const parent of parents) {
    const next = fieldValue(level, parent) ?? {};
    if (!isObject(next)) return undefined;
    replace(level, parent, next);
    level = next;
  }
  return level;
}

/** Sets a field under its json name, and removes the other name that a body may have used. */
function replace(target: RequestValue, field: DescField, value: unknown): void {
  if (field.name !== field.jsonName) delete target[field.name];
  setOwn(target, field.jsonName, value);
}

/** Whether a body's value is set and not another spelling of the path's. */
function differs(inBody: unknown, inPath: unknown, parse: TextParser): boolean {
  if (inBody === undefined || inBody === null || inBody === "") return false;
  try {
    return String(parse(String(inBody))) !== String(inPath);
  } catch {
    return true;
  }
}
