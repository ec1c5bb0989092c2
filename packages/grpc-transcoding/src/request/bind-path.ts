import type { DescField } from "@bufbuild/protobuf";
import type { JsonCodec } from "../json/json-codec.ts";
import type { BoundField } from "../json/request-layout.ts";
import type { FieldPath } from "../model/field-path.ts";
import type { HttpBinding, PathVariable } from "../model/schema.ts";
import { getOwn, isObject, type RequestValue, setOwn } from "./request-value.ts";
import type { TextDialect } from "./text-dialect.ts";
import { compileTextValue, type TextParser } from "./text-value.ts";

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
  /** What violations name: the field's path in proto names, or what its value comes from. */
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

/** A field that a header or a cookie gives: what path, query and body say of it does not count. */
export interface SourcedField {
  readonly field: FieldPath;
  /** What its value comes from, as violations name it: `"header x-tier"`. */
  readonly label: string;
}

/** Compiles the fields of headers and cookies; their values stand behind the captures of the path. */
export function compileSourcedFields(
  { template }: HttpBinding,
  sources: readonly SourcedField[],
  options: PathOptions,
): PathField[] {
  return sources.map(({ field, label }, i) => {
    const index = template.variables.length + i;
    return {
      ...compileVariable({ field, index }, { ...options, pathBodyConflict: "path" }),
      name: label,
    };
  });
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

/** Sets the field of a path variable, and the messages that it is in. */
export function setPathField({ path }: PathField, value: unknown, target: RequestValue): void {
  let level = target;
  for (const field of path.slice(0, -1)) {
    const inner = getOwn(level, field.jsonName) ?? {};
    if (!isObject(inner)) return;
    setOwn(level, field.jsonName, inner);
    level = inner;
  }
  setOwn(level, (path.at(-1) as DescField).jsonName, value);
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
