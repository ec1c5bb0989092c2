import { append } from "../model/append.ts";
import type { FieldNode, MessageNode } from "../model/declaration.ts";
import { defaultJsonName, mapEntryName } from "../model/json-name.ts";
import * as type from "../model/scalar-type.ts";
import { SCALAR_TYPES } from "../model/scalar-type.ts";
import { INT32_MAX, INT64_MAX, UINT32_MAX, UINT64_MAX } from "../text/integer-literal.ts";
import { decodeUtf8 } from "../text/source-file.ts";
import { escapeBytes } from "../text/string-literal.ts";
import { CLOSE_ANGLE, COMMA, EQUALS, MINUS, OPEN_ANGLE, OPEN_BRACKET } from "../text/symbol.ts";
import type { Cursor, Location } from "./cursor.ts";
import { formatDouble, formatFloat } from "./default-value.ts";
import { addField, addMessage, newFieldNode } from "./new-declaration.ts";
import { parseBracketOptions } from "./option.ts";

const LABELS: Readonly<Record<string, 1 | 2 | 3>> = { optional: 1, required: 2, repeated: 3 };

/** Type of the keys or values of a map field: a scalar's number or a name. */
interface MapPart {
  readonly type: number | string;
  readonly at: number;
}

/** What the caller has to add to a field: the message of a map, or the body of a group. */
export interface FieldHead {
  readonly map: { readonly key: MapPart; readonly value: MapPart } | undefined;
  /** Name token of a group, as the source has it. */
  readonly group:
    | { readonly name: string; readonly at: number; readonly span: number[] }
    | undefined;
}

/** `optional`, `required` or `repeated`, where one stands. */
export function parseLabel(c: Cursor, field: FieldNode, fieldLocation: Location): void {
  const label = c.word === "" ? undefined : LABELS[c.word];
  if (label === undefined) return;
  const location = c.open(fieldLocation, 4);
  const { syntax } = c.file;
  if (syntax === "editions" && label !== type.LABEL_REPEATED) {
    c.error(
      label === type.LABEL_OPTIONAL
        ? '"optional" is not allowed in editions: singular fields have presence unless features.field_presence says otherwise.'
        : '"required" is not allowed in editions: use features.field_presence = LEGACY_REQUIRED.',
    );
  }
  field.proto.label = label;
  if (label === type.LABEL_OPTIONAL && syntax === "proto3") field.proto.proto3Optional = true;
  c.next();
  c.close(location);
}

/** Type, name, number and bracket options: everything up to `;` or the body of a group. */
export function parseFieldHead(c: Cursor, field: FieldNode, fieldLocation: Location): FieldHead {
  const map = parseFieldType(c, field, fieldLocation);
  const isGroup = field.proto.type === type.GROUP;
  const { line, start } = c;
  const nameSpan = fieldLocation === undefined ? [] : [line, c.column(), 0];
  const nameLocation = c.open(fieldLocation, 1);
  field.at = start;
  field.name = c.identifier("a field name");
  c.close(nameLocation);
  if (nameLocation !== undefined) nameSpan[2] = nameLocation.span.at(-1) as number;
  const group = isGroup ? { name: field.name, at: start, span: nameSpan } : undefined;
  field.proto.name = field.name;
  c.expectSymbol(EQUALS, '"=" and a field number');
  const numberLocation = c.open(fieldLocation, 3);
  field.numberAt = c.start;
  field.proto.number = c.int32("a field number");
  c.close(numberLocation);
  if (c.symbol === OPEN_BRACKET) {
    const optionsLocation = c.open(fieldLocation, 8);
    parseBracketOptions(c, field, optionsLocation, () =>
      parsePseudoOption(c, field, fieldLocation),
    );
    c.close(optionsLocation);
  }
  if (isGroup) field.name = field.proto.name = field.name.toLowerCase();
  if (!Object.hasOwn(field.proto, "jsonName")) field.proto.jsonName = defaultJsonName(field.name);
  return { map, group };
}

function parseFieldType(c: Cursor, field: FieldNode, fieldLocation: Location): FieldHead["map"] {
  const location = c.open(fieldLocation);
  const { proto } = field;
  field.typeAt = c.start;
  let typeName: string | undefined;
  if (c.tryWord("map")) {
    if (c.symbol === OPEN_ANGLE) {
      if (field.oneof !== undefined) c.abandon("Map fields are not allowed in oneofs.");
      if (Object.hasOwn(proto, "label")) {
        c.abandon("Labels (required, optional, repeated) are not allowed on map fields.");
      }
      if (field.isExtension) c.abandon("Map fields are not allowed to be extensions.");
      proto.label = type.LABEL_REPEATED;
      proto.type = type.MESSAGE;
      c.next();
      const key = parseMapPart(c);
      c.expectSymbol(COMMA);
      const value = parseMapPart(c);
      c.expectSymbol(CLOSE_ANGLE);
      location?.path.push(6);
      c.close(location);
      field.isMap = true;
      return { key, value };
    }
    typeName = "map";
  }
  if (!Object.hasOwn(proto, "label")) {
    if (c.file.syntax === "proto2") {
      c.error('Expected "required", "optional", or "repeated".', field.typeAt);
    }
    proto.label = type.LABEL_OPTIONAL;
  }
  const parsed = typeName ?? parseType(c);
  if (typeof parsed === "number") {
    proto.type = parsed;
    location?.path.push(5);
    if (parsed === type.GROUP && c.file.syntax === "editions") {
      c.error(
        "Groups are not allowed in editions: use a message field with features.message_encoding = DELIMITED.",
        field.typeAt,
      );
    }
  } else {
    proto.typeName = parsed;
    location?.path.push(6);
  }
  c.close(location);
  return undefined;
}

/** The number of a scalar type (or group), or the name of a message or enum. */
function parseType(c: Cursor): number | string {
  const scalar = c.word === "group" ? type.GROUP : SCALAR_TYPES.get(c.word);
  if (scalar === undefined) return c.typeName("a type name");
  c.next();
  return scalar;
}

function parseMapPart(c: Cursor): MapPart {
  const at = c.start;
  return { at, type: parseType(c) };
}

/** Makes the nested message that stands for the entries of a map field. */
export function addMapEntry(
  c: Cursor,
  message: MessageNode,
  field: FieldNode,
  map: NonNullable<FieldHead["map"]>,
): void {
  const entry = addMessage(c.file, message, mapEntryName(field.name), field.at, field);
  field.proto.typeName = entry.name;
  for (const [name, number, part] of [
    ["key", 1, map.key],
    ["value", 2, map.value],
  ] as const) {
    const node = newFieldNode(c.file, entry, part.at, false);
    node.name = name;
    node.proto.name = name;
    node.proto.number = number;
    node.proto.label = type.LABEL_OPTIONAL;
    node.proto.jsonName = name;
    if (typeof part.type === "number") node.proto.type = part.type;
    else node.proto.typeName = part.type;
    // What features a map has, its keys and values have.
    for (const option of field.options) {
      const [first] = option.name;
      if (first?.name !== "features" || first.isExtension) continue;
      node.options = append(node.options, { ...option, location: undefined });
    }
    addField(entry, node);
  }
}

/** `default` and `json_name` look like options and are none. */
function parsePseudoOption(c: Cursor, field: FieldNode, fieldLocation: Location): boolean {
  if (c.is("default")) {
    if (Object.hasOwn(field.proto, "defaultValue")) c.error('Option "default" was already set.');
    c.next();
    c.expectSymbol(EQUALS);
    const location = c.open(fieldLocation, 7);
    field.defaultAt = c.start;
    field.proto.defaultValue = parseDefaultValue(c, field);
    c.close(location);
    return true;
  }
  if (c.is("json_name")) {
    if (Object.hasOwn(field.proto, "jsonName")) c.error('Option "json_name" was already set.');
    const location = c.open(fieldLocation, 10);
    field.jsonNameAt = c.start;
    c.next();
    c.expectSymbol(EQUALS);
    const valueLocation = c.open(fieldLocation, 10);
    field.proto.jsonName = c.string("the JSON name as a string");
    c.close(valueLocation);
    c.close(location);
    return true;
  }
  return false;
}

function parseDefaultValue(c: Cursor, field: FieldNode): string {
  const { proto } = field;
  if (!Object.hasOwn(proto, "type")) {
    // A message or an enum, nobody knows yet which.
    const text = c.slice();
    c.next();
    return text;
  }
  switch (proto.type as number) {
    case type.INT32:
    case type.SINT32:
    case type.SFIXED32:
      return parseSignedDefault(c, INT32_MAX);
    case type.INT64:
    case type.SINT64:
    case type.SFIXED64:
      return parseSignedDefault(c, INT64_MAX);
    case type.UINT32:
    case type.FIXED32:
      return parseUnsignedDefault(c, UINT32_MAX);
    case type.UINT64:
    case type.FIXED64:
      return parseUnsignedDefault(c, UINT64_MAX);
    case type.FLOAT:
    case type.DOUBLE: {
      const negative = c.trySymbol(MINUS);
      const number = c.number("a number as the default value");
      const value = negative ? -number : number;
      return (proto.type as number) === type.FLOAT ? formatFloat(value) : formatDouble(value);
    }
    case type.BOOL:
      if (c.is("true") || c.is("false")) return c.identifier("");
      return c.fail('"true" or "false"');
    case type.STRING:
      return decodeUtf8(c.byteString("a string as the default value"));
    case type.BYTES:
      return escapeBytes(c.byteString("a string as the default value"));
    default:
      return c.abandon("Messages can't have default values.");
  }
}

function parseSignedDefault(c: Cursor, max: bigint): string {
  const negative = c.trySymbol(MINUS);
  const value = c.integer(negative ? max + 1n : max, "an integer as the default value");
  return String(negative ? -value : value);
}

function parseUnsignedDefault(c: Cursor, max: bigint): string {
  if (c.trySymbol(MINUS)) c.error("An unsigned field can't have a negative default value.");
  return String(c.integer(max, "an integer as the default value"));
}
