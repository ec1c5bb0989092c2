import { type DescEnum, ScalarType } from "@bufbuild/protobuf";
import { tagOf, WireType, wireTypeOf } from "../../wire/wire-type.ts";
import { enumNumbers } from "../enum-names.ts";
import { high, low } from "../int64.ts";
import type { JsonOptions } from "../json-codec.ts";
import { bytes, view } from "../output-buffer.ts";
import { splitInt64, toDouble, toFloat, toInt32, toUint32 } from "./number-values.ts";
import { excerpt, UnexpectedValue, unexpected } from "./unexpected-value.ts";
import { leftOut, type Write } from "./write.ts";
import { writeBase64, writeString } from "./write-string.ts";
import { writeFixed32, writeInt32, writeVarint32, writeVarint64 } from "./write-varint.ts";

function writeBool(p: number, value: unknown): number {
  if (value !== true && value !== false) unexpected("bool", value);
  bytes[p] = value ? 1 : 0;
  return p + 1;
}

function writeInt64(p: number, value: unknown): number {
  splitInt64(value, true);
  return writeVarint64(p, low, high);
}

function writeUint64(p: number, value: unknown): number {
  splitInt64(value, false);
  return writeVarint64(p, low, high);
}

// ZigZag (protobuf's encoding guide): the sign moves to the lowest bit.
function writeSint64(p: number, value: unknown): number {
  splitInt64(value, true);
  const sign = high >> 31;
  return writeVarint64(p, (low << 1) ^ sign, ((high << 1) | (low >>> 31)) ^ sign);
}

function writeSint32(p: number, value: unknown): number {
  const number = toInt32(value);
  return writeVarint32(p, ((number << 1) ^ (number >> 31)) >>> 0);
}

function writeFixed64(p: number, value: unknown): number {
  splitInt64(value, false);
  return writeFixed32(writeFixed32(p, low), high);
}

function writeSfixed64(p: number, value: unknown): number {
  splitInt64(value, true);
  return writeFixed32(writeFixed32(p, low), high);
}

function writeDouble(p: number, value: unknown): number {
  view.setFloat64(p, toDouble(value), true);
  return p + 8;
}

function writeFloat(p: number, value: unknown): number {
  view.setFloat32(p, toFloat(value), true);
  return p + 4;
}

/**
 * Writes a value of a scalar type, without a tag. One function with a switch: it is the one hot call
 * whose target V8 can know, where a closure for each type would be called blindly.
 */
export function writeScalar(type: ScalarType, p: number, value: unknown): number {
  switch (type) {
    case ScalarType.STRING:
      return writeString(p, value);
    case ScalarType.INT32:
      return writeInt32(p, toInt32(value));
    case ScalarType.INT64:
      return writeInt64(p, value);
    case ScalarType.BOOL:
      return writeBool(p, value);
    case ScalarType.DOUBLE:
      return writeDouble(p, value);
    case ScalarType.FLOAT:
      return writeFloat(p, value);
    case ScalarType.UINT32:
      return writeVarint32(p, toUint32(value));
    case ScalarType.UINT64:
      return writeUint64(p, value);
    case ScalarType.BYTES:
      return writeBase64(p, value);
    case ScalarType.SINT32:
      return writeSint32(p, value);
    case ScalarType.SINT64:
      return writeSint64(p, value);
    case ScalarType.FIXED32:
      return writeFixed32(p, toUint32(value));
    case ScalarType.SFIXED32:
      return writeFixed32(p, toInt32(value));
    case ScalarType.FIXED64:
      return writeFixed64(p, value);
    case ScalarType.SFIXED64:
      return writeSfixed64(p, value);
  }
}

/** True for google.protobuf.NullValue, whose JSON is `null`. */
export function isNullValue(type: DescEnum | undefined): boolean {
  return type?.typeName === "google.protobuf.NullValue";
}

/**
 * Writes enum values by name (any alias) or number. A number that a closed enum lacks is an error; open
 * ones keep it. With `unknownFields: "ignore"` unknown names and such numbers give {@link leftOut}.
 */
export function enumWriter(type: DescEnum, options: JsonOptions): Write {
  const numbers = enumNumbers(type, options);
  const known = new Set(numbers.values());
  const ignore = options.unknownFields === "ignore";
  const takesNull = isNullValue(type);
  return (p, value) => {
    let number: number | undefined;
    if (typeof value === "string") {
      number = numbers.get(value);
    } else if (typeof value === "number" && (value | 0) === value) {
      if (type.open || known.has(value)) number = value;
    } else if (value === null && takesNull) {
      number = 0;
    } else {
      unexpected(`name or number of ${type.typeName}`, value);
    }
    if (number !== undefined) return writeInt32(p, number);
    if (ignore) return leftOut;
    throw new UnexpectedValue(`${excerpt(value)} is not a value of ${type.typeName}`);
  };
}

const mapKeyInteger = /^(?:0|-?[1-9]\d*)$/;

/** Writes the key of a map entry, which JSON gives as a string. Integers have one spelling: no `+`, `-0`, `01`, `1e2`. */
export function mapKeyWriter(type: ScalarType): Write {
  if (type === ScalarType.STRING) return writeString;
  if (type === ScalarType.BOOL) {
    return (p, key) => {
      if (key !== "true" && key !== "false") unexpected('map key "true" or "false"', key);
      return writeBool(p, key === "true");
    };
  }
  return (p, key) => {
    if (!mapKeyInteger.test(key as string)) unexpected("integer map key", key);
    return writeScalar(type, p, key);
  };
}

/**
 * Writes a tag and a scalar. With `skipDefault` nothing is written for the type's default, which for
 * all types is zero bytes on the wire.
 */
export function taggedScalarWriter(
  type: ScalarType,
  fieldNumber: number,
  skipDefault: boolean,
): Write {
  const tag = tagOf(fieldNumber, wireTypeOf(type));
  return (p, value) => {
    const start = writeVarint32(p, tag);
    const end = writeScalar(type, start, value);
    return skipDefault && isZero(start, end) ? p : end;
  };
}

/** As {@link taggedScalarWriter}, for enums; {@link leftOut} writes nothing. */
export function taggedEnumWriter(
  writeEnum: Write,
  fieldNumber: number,
  skipDefault: boolean,
): Write {
  const tag = tagOf(fieldNumber, WireType.VARINT);
  return (p, value, depth) => {
    const start = writeVarint32(p, tag);
    const end = writeEnum(start, value, depth);
    return end === leftOut || (skipDefault && isZero(start, end)) ? p : end;
  };
}

export function isZero(start: number, end: number): boolean {
  for (let p = start; p < end; p++) if (bytes[p] !== 0) return false;
  return true;
}
