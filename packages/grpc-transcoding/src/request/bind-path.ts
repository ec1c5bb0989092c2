import type { DescField } from "@bufbuild/protobuf";
import type { JsonCodec } from "../json/json-codec.ts";
import type { BoundField } from "../json/request-layout.ts";
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

/** A path variable: the field that it binds, and how. */
export interface PathField extends BoundField {
  /** The field's path in proto names. */
  readonly name: string;
  /** Which capture it is. */
  readonly index: number;
  /** The capture as the field's ProtoJSON. */
  readonly parse: TextParser;
}

/** Compiles the path variables of a binding. */
export function compilePathFields(binding: HttpBinding, options: PathOptions): PathField[] {
  return binding.pathVariables.map((variable) => compileVariable(variable, options));
}

function compileVariable({ field, index }: PathVariable, options: PathOptions): PathField {
  const last = field.fields.at(-1) as DescField;
  const dialect = field.fields.length === 1 ? options.dialect.top : options.dialect.nested;
  const parseOne = compileTextValue(last, dialect, options.codec) as TextParser;
  const parse: TextParser =
    last.fieldKind === "list" ? (text) => text.split(",").map(parseOne) : parseOne;
  return {
    name: field.path,
    path: field.fields,
    index,
    parse,
    agrees:
      options.pathBodyConflict === "reject"
        ? (inBody, value) => !differs(inBody, value, parse)
        : undefined,
  };
}

/** Binds a match's captures into `target`, over what the body has set. Failures become violations. */
export function bindPath(
  fields: readonly PathField[],
  captures: readonly string[],
  target: RequestValue,
  violations: FieldViolation[],
): void {
  for (const { name, path, index, parse, agrees } of fields) {
    const last = path.at(-1) as DescField;
    const text = captures[index] ?? "";
    const value = parseText(parse, text, name, violations);
    const parent = value === undefined ? undefined : descend(target, path.slice(0, -1));
    if (parent === undefined) continue;
    if (agrees !== undefined && !agrees(fieldValue(parent, last), value)) {
      const description = `the body has another value than the path, ${quote(text)}`;
      addViolation(violations, name, "BOUND_ELSEWHERE", description);
    }
    replace(parent, last, value);
  }
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
