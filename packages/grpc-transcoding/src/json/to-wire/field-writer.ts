import type { DescEnum, DescMessage, ScalarType } from "@bufbuild/protobuf";
import { varintSize } from "../../wire/varint.ts";
import { tagOf, WireType, wireTypeOf } from "../../wire/wire-type.ts";
import { indexStep, keyStep } from "../field-path-text.ts";
import type { JsonOptions } from "../json-codec.ts";
import type { MessageField } from "../message-fields.ts";
import { bytes, capacity, grow, room } from "../output-buffer.ts";
import {
  enumWriter,
  isNullValue,
  mapKeyWriter,
  scalarWriter,
  taggedEnumWriter,
  taggedScalarWriter,
} from "./scalar-writers.ts";
import { unexpected } from "./unexpected-value.ts";
import { leafWriter, leftOut, type ValueWriter, type Write } from "./value-writer.ts";
import { closeLength, writeVarint32 } from "./write-varint.ts";

/** What field writers need of the codec that they belong to. */
export interface WriterContext {
  readonly options: JsonOptions;
  /** The writer of a message's payload: its fields, without tag and length. */
  messageWriter(message: DescMessage): ValueWriter;
}

/** Presence as google.protobuf.FeatureSet.FieldPresence numbers it. */
export const Presence = { EXPLICIT: 1, IMPLICIT: 2, REQUIRED: 3 } as const;

/** Writes a whole field, tags included: nothing for the default value of a field with implicit presence. */
export function fieldWriter(field: MessageField, context: WriterContext): ValueWriter {
  switch (field.fieldKind) {
    case "scalar":
    case "enum":
      return taggedWriter(field, field.number, field.presence === Presence.IMPLICIT, context);
    case "message":
      return messageFieldWriter(field.number, field.delimitedEncoding, field.message, context);
    case "map":
      return mapWriter(field, context);
    case "list":
      switch (field.listKind) {
        case "message":
          return listWriter(
            messageFieldWriter(field.number, field.delimitedEncoding, field.message, context),
          );
        default:
          return field.packed
            ? packedWriter(field, context)
            : listWriter(taggedWriter(field, field.number, false, context));
      }
  }
}

/** A scalar or enum type, singular, as list element or as map value. */
type ScalarOrEnum =
  | { readonly scalar: ScalarType; readonly enum: undefined }
  | { readonly scalar: undefined; readonly enum: DescEnum };

/** Writes one scalar or enum value with its tag. */
function taggedWriter(
  type: ScalarOrEnum,
  fieldNumber: number,
  skipDefault: boolean,
  { options }: WriterContext,
): ValueWriter {
  return leafWriter(
    type.enum === undefined
      ? taggedScalarWriter(type.scalar, fieldNumber, skipDefault)
      : taggedEnumWriter(enumWriter(type.enum, options), fieldNumber, skipDefault),
  );
}

/** A message field, or one element of a list of messages: length-prefixed, or between group tags. */
function messageFieldWriter(
  fieldNumber: number,
  delimited: boolean,
  type: DescMessage,
  context: WriterContext,
): ValueWriter {
  const message = context.messageWriter(type);
  const writeMessage = message.write;
  const diagnose: ValueWriter["diagnose"] = (value, path, violations, depth) =>
    message.diagnose(value, path, violations, depth + 1);
  if (delimited) {
    const startTag = tagOf(fieldNumber, WireType.START_GROUP);
    const endTag = tagOf(fieldNumber, WireType.END_GROUP);
    return {
      write(p, value, depth) {
        const end = writeMessage(writeVarint32(p, startTag), value, depth + 1);
        if (end + room > capacity) grow(end, room);
        return writeVarint32(end, endTag);
      },
      diagnose,
    };
  }
  const tag = tagOf(fieldNumber, WireType.LENGTH);
  // Messages of one field tend to be alike in size: expecting the last one's length saves moving it.
  let reserved = 1;
  return {
    write(p, value, depth) {
      const start = writeVarint32(p, tag);
      const guess = reserved;
      const end = writeMessage(start + guess, value, depth + 1);
      reserved = varintSize(end - start - guess);
      return closeLength(start, guess, end);
    },
    diagnose,
  };
}

function packedWriter(field: MessageField & ScalarOrEnum, { options }: WriterContext): ValueWriter {
  const tag = tagOf(field.number, WireType.LENGTH);
  const writeElement =
    field.enum === undefined ? scalarWriter(field.scalar) : enumWriter(field.enum, options);
  const write: Write = (p, value, depth) => {
    if (!Array.isArray(value)) unexpected("array", value);
    if (value.length === 0) return p;
    const start = writeVarint32(p, tag);
    let end = start + 1;
    for (let i = 0; i < value.length; i++) {
      if (end + room > capacity) grow(end, room);
      const next = writeElement(end, value[i], depth);
      if (next !== leftOut) end = next;
    }
    return closeLength(start, 1, end);
  };
  return { write, diagnose: diagnoseElements(leafWriter(writeElement)) };
}

/** One tagged element after the other. */
function listWriter(element: ValueWriter): ValueWriter {
  const writeElement = element.write;
  const write: Write = (p, value, depth) => {
    if (!Array.isArray(value)) unexpected("array", value);
    for (let i = 0; i < value.length; i++) {
      if (p + room > capacity) grow(p, room);
      p = writeElement(p, value[i], depth);
    }
    return p;
  };
  return { write, diagnose: diagnoseElements(element) };
}

function diagnoseElements(element: ValueWriter): ValueWriter["diagnose"] {
  return (value, path, violations, depth) => {
    violations.catch(path, () => {
      if (!Array.isArray(value)) unexpected("array", value);
      for (let i = 0; i < value.length && !violations.full; i++) {
        element.diagnose(value[i], path + indexStep(i), violations, depth);
      }
    });
  };
}

/** A JSON object, and nothing else that `typeof` calls so. */
export function toObject(value: unknown, expectation: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    unexpected(expectation, value);
  }
  return value as Record<string, unknown>;
}

function mapWriter(
  field: MessageField & { fieldKind: "map" },
  context: WriterContext,
): ValueWriter {
  const tag = tagOf(field.number, WireType.LENGTH);
  const keyTag = tagOf(1, wireTypeOf(field.mapKey as ScalarType));
  const writeKey = mapKeyWriter(field.mapKey as ScalarType);
  const element = mapValueWriter(field, context);
  const writeElement = element.write;
  const write: Write = (p, value, depth) => {
    const entries = toObject(value, "object");
    for (const key of Object.keys(entries)) {
      if (p + room > capacity) grow(p, room);
      const start = writeVarint32(p, tag);
      bytes[start + 1] = keyTag;
      const valueStart = writeKey(start + 2, key, depth);
      if (valueStart + room > capacity) grow(valueStart, room);
      const end = writeElement(valueStart, entries[key], depth);
      // An unknown enum value to be ignored takes its entry along.
      if (end !== valueStart) p = closeLength(start, 1, end);
    }
    return p;
  };
  return {
    write,
    diagnose(value, path, violations, depth) {
      violations.catch(path, () => {
        const entries = toObject(value, "object");
        for (const key of Object.keys(entries)) {
          if (violations.full) return;
          const step = path + keyStep(key);
          violations.catch(step, () => writeKey(0, key, depth));
          element.diagnose(entries[key], step, violations, depth);
        }
      });
    },
  };
}

/** The value of a map entry: field 2 of the entry message, written even if default. */
function mapValueWriter(
  field: MessageField & { fieldKind: "map" },
  context: WriterContext,
): ValueWriter {
  switch (field.mapKind) {
    case "message":
      return messageFieldWriter(2, false, field.message, context);
    default:
      return taggedWriter(field, 2, false, context);
  }
}

/** True for fields where JSON `null` is a value and not the absence of one: Value and NullValue. */
export function takesNull(field: MessageField): boolean {
  return field.fieldKind === "message"
    ? field.message.typeName === "google.protobuf.Value"
    : field.fieldKind === "enum" && isNullValue(field.enum);
}
