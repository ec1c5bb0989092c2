import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { enumValueName } from "../json/enum-names.ts";
import { type JsonCodec, JsonError } from "../json/json-codec.ts";
import { isStruct, isTextualMessage } from "../json/well-known/special-messages.ts";
import { type IntegerRange, int32Range, invalidText, type TextDialect } from "./text-dialect.ts";

/** Decoded text to the ProtoJSON of one value. Throws a TextValueError. */
export type TextParser = (text: string) => unknown;

const uint32: IntegerRange = { min: 0n, max: 2n ** 32n - 1n, wide: false };
const int64: IntegerRange = { min: -(2n ** 63n), max: 2n ** 63n - 1n, wide: true };
const uint64: IntegerRange = { min: 0n, max: 2n ** 64n - 1n, wide: true };

const ranges: Partial<Record<ScalarType, IntegerRange>> = {
  [ScalarType.INT32]: int32Range,
  [ScalarType.SINT32]: int32Range,
  [ScalarType.SFIXED32]: int32Range,
  [ScalarType.UINT32]: uint32,
  [ScalarType.FIXED32]: uint32,
  [ScalarType.INT64]: int64,
  [ScalarType.SINT64]: int64,
  [ScalarType.SFIXED64]: int64,
  [ScalarType.UINT64]: uint64,
  [ScalarType.FIXED64]: uint64,
};

/** The parser of a scalar type's texts. */
export function compileScalarText(scalar: ScalarType, dialect: TextDialect): TextParser {
  const range = ranges[scalar];
  if (range !== undefined) return (text) => dialect.integer(text, range);
  switch (scalar) {
    case ScalarType.STRING:
      return (text) => text;
    case ScalarType.BYTES:
      return dialect.bytes;
    case ScalarType.BOOL:
      return dialect.bool;
    default:
      return (text) => dialect.float(text, scalar === ScalarType.FLOAT);
  }
}

/**
 * The parser of one value of a field: of the field itself, of a list's element or of a map's value.
 * Undefined for messages that no single text can give. Without `isChecked` well-known types are left to the codec,
 * which will look at them again.
 */
export function compileTextValue(
  field: DescField,
  dialect: TextDialect,
  codec: JsonCodec,
  isChecked = true,
): TextParser | undefined {
  if (field.scalar !== undefined) return compileScalarText(field.scalar, dialect);
  const { enum: desc, message } = field;
  if (desc !== undefined) return compileEnumText(desc, dialect, codec);
  if (message === undefined) return undefined;
  if (dialect.structs && isStruct(message)) {
    const check = codec.textToWire(message);
    return checkedBy(codec, message, "JSON", (text) => {
      check(Buffer.from(text));
      return JSON.parse(text);
    });
  }
  if (!isTextualMessage(message)) return undefined;
  return compileTextualMessage(message, dialect, isChecked ? codec : undefined);
}

function compileEnumText(desc: DescEnum, dialect: TextDialect, { options }: JsonCodec): TextParser {
  const names = new Map(desc.values.map((value) => [enumValueName(value, options), value.name]));
  for (const { name } of desc.values) names.set(name, name);
  return (text) => dialect.enum(names.get(text) ?? text, desc);
}

function compileTextualMessage(
  message: DescMessage,
  dialect: TextDialect,
  codec: JsonCodec | undefined,
): TextParser {
  switch (message.typeName) {
    case "google.protobuf.Timestamp":
      return checkedBy(codec, message, "an RFC 3339 timestamp", (text) => text);
    case "google.protobuf.Duration":
      return checkedBy(codec, message, "a duration in seconds such as 1.5s", dialect.duration);
    case "google.protobuf.FieldMask":
      return checkedBy(codec, message, "field paths separated by commas", camelCasePaths);
    default: {
      // A wrapper: its ProtoJSON is that of its field `value`.
      const value = message.fields[0]?.scalar ?? ScalarType.STRING;
      return compileScalarText(value, dialect);
    }
  }
}

/** The codec is the judge of a well-known type's text, here already, where the parameter can be named. */
function checkedBy(
  codec: JsonCodec | undefined,
  message: DescMessage,
  expected: string,
  toJson: (text: string) => unknown,
): TextParser {
  if (codec === undefined) return toJson;
  const check = codec.textToWire(message);
  return (text) => {
    try {
      const value = toJson(text);
      check(Buffer.from(JSON.stringify(value)));
      return value;
    } catch (error) {
      throw error instanceof JsonError ? invalidText(expected, text) : error;
    }
  };
}

/** A mask's ProtoJSON is in lowerCamelCase; proto names are taken as well. */
function camelCasePaths(text: string): string {
  return text.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
