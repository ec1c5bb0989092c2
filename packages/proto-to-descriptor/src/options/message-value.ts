import {
  hasPresence,
  isDelimited,
  isPackable,
  isPacked,
  isRepeated,
  isRequired,
} from "../link/features.ts";
import type { FieldNode, MessageNode } from "../model/declaration.ts";
import * as type from "../model/scalar-type.ts";
import type { ByteWriter } from "./byte-writer.ts";

/**
 * A value of a field: integers are bigint, enums their number, strings and bytes one character per
 * byte.
 */
export type FieldValue = bigint | number | boolean | string | MessageValue;

/** A message by its fields; a field that is not repeated has one value. */
export interface MessageValue {
  readonly type: MessageNode;
  readonly fields: Map<FieldNode, FieldValue[]>;
}

export function newMessageValue(message: MessageNode): MessageValue {
  return { type: message, fields: new Map() };
}

/** Wire types of protobuf. */
const VARINT = 0;
const BIT64 = 1;
const DELIMITED = 2;
const START_GROUP = 3;
const END_GROUP = 4;
const BIT32 = 5;

/** Wire type of one value of a field (of an element, where the field is packed). */
export function wireTypeOf(field: FieldNode): number {
  switch (field.proto.type as number) {
    case type.DOUBLE:
    case type.FIXED64:
    case type.SFIXED64:
      return BIT64;
    case type.FLOAT:
    case type.FIXED32:
    case type.SFIXED32:
      return BIT32;
    case type.STRING:
    case type.BYTES:
    case type.MESSAGE:
    case type.GROUP:
      return isDelimited(field) ? START_GROUP : DELIMITED;
    default:
      return VARINT;
  }
}

/** Writes one value without its tag; a group is closed by its end tag. */
export function writeValue(writer: ByteWriter, field: FieldNode, value: FieldValue): void {
  switch (field.proto.type as number) {
    case type.DOUBLE:
      writer.double(value as number);
      return;
    case type.FLOAT:
      writer.float(value as number);
      return;
    case type.FIXED64:
    case type.SFIXED64:
      writer.fixed64(value as bigint);
      return;
    case type.FIXED32:
    case type.SFIXED32:
      writer.fixed32(value as bigint);
      return;
    case type.BOOL:
      writer.byte(value === true ? 1 : 0);
      return;
    case type.STRING:
    case type.BYTES:
      writer.byteString(value as string);
      return;
    case type.ENUM:
      writer.varint64(BigInt(value as number));
      return;
    case type.SINT32:
    case type.SINT64: {
      const integer = value as bigint;
      writer.varint64(integer < 0n ? -2n * integer - 1n : 2n * integer);
      return;
    }
    case type.MESSAGE:
    case type.GROUP:
      if (isDelimited(field)) {
        writeMessage(writer, value as MessageValue);
        writer.varint((field.proto.number << 3) | END_GROUP);
      } else {
        writer.delimited(() => writeMessage(writer, value as MessageValue));
      }
      return;
    default:
      writer.varint64(value as bigint);
  }
}

/** Writes the fields of a message in the order of their numbers, as C++ does. */
export function writeMessage(writer: ByteWriter, { type: message, fields }: MessageValue): void {
  if (message.mapField !== undefined) {
    // Entries of a map always have both their key and their value.
    for (const field of message.fields) {
      writer.varint((field.proto.number << 3) | wireTypeOf(field));
      writeValue(writer, field, fields.get(field)?.[0] ?? zeroOf(field));
    }
    return;
  }
  const inOrder = [...fields].sort(([a], [b]) => a.proto.number - b.proto.number);
  const isMessageSet = message.proto.options?.messageSetWireFormat === true;
  for (const [field, values] of inOrder) {
    if (isMessageSet && field.isExtension) {
      writeMessageSetItem(writer, field, values[0] as MessageValue);
    } else if (isRepeated(field) && isPackable(field) && isPacked(field)) {
      if (values.length === 0) continue;
      writer.varint((field.proto.number << 3) | DELIMITED);
      writer.delimited(() => {
        for (const value of values) writeValue(writer, field, value);
      });
    } else {
      for (const value of values) {
        if (!isRepeated(field) && !hasPresence(field) && isZero(value)) continue;
        writer.varint((field.proto.number << 3) | wireTypeOf(field));
        writeValue(writer, field, value);
      }
    }
  }
}

/** `MessageSet` of proto1: a repeated group 1 of type id (2) and message (3). */
function writeMessageSetItem(writer: ByteWriter, field: FieldNode, value: MessageValue): void {
  writer.byte((1 << 3) | START_GROUP);
  writer.byte((2 << 3) | VARINT);
  writer.varint(field.proto.number);
  writer.byte((3 << 3) | DELIMITED);
  writer.delimited(() => writeMessage(writer, value));
  writer.byte((1 << 3) | END_GROUP);
}

function zeroOf(field: FieldNode): FieldValue {
  switch (field.proto.type as number) {
    case type.STRING:
    case type.BYTES:
      return "";
    case type.BOOL:
      return false;
    case type.DOUBLE:
    case type.FLOAT:
    case type.ENUM:
      return 0;
    case type.MESSAGE:
    case type.GROUP:
      return newMessageValue(field.type as MessageNode);
    default:
      return 0n;
  }
}

function isZero(value: FieldValue): boolean {
  return value === 0n || Object.is(value, 0) || value === false || value === "";
}

/** Names of required fields that a message, or one inside it, lacks. */
export function missingRequired(value: MessageValue, prefix = ""): string[] {
  const missing = value.type.fields
    .filter((field) => isRequired(field) && !value.fields.has(field))
    .map((field) => prefix + field.name);
  for (const [field, values] of value.fields) {
    values.forEach((item, i) => {
      if (typeof item !== "object") return;
      const name = field.isExtension ? `(${field.name})` : field.name;
      const index = isRepeated(field) ? `[${i}]` : "";
      missing.push(...missingRequired(item, `${prefix}${name}${index}.`));
    });
  }
  return missing;
}
