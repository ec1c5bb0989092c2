import { type DescEnum, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { varintSize } from "../../wire/varint.ts";
import { tagOf, WireType, wireTypeOf } from "../../wire/wire-type.ts";
import { enumNumbers } from "../enum-names.ts";
import { keyStep } from "../field-path-text.ts";
import type { JsonOptions } from "../json-codec.ts";
import { type MessageField, Presence } from "../message-fields.ts";
import { bytes, capacity, grow, room } from "../output-buffer.ts";
import { enumWriter, isZero, mapKeyWriter } from "../to-wire/scalar-writers.ts";
import { leftOut } from "../to-wire/write.ts";
import { closeLength, writeInt32, writeVarint32 } from "../to-wire/write-varint.ts";
import { diagnosing, readPart } from "./diagnosis.ts";
import { distinctReader } from "./distinct-text.ts";
import { keyTable } from "./key-table.ts";
import { readScalar } from "./read-scalar.ts";
import { arrayReader, entriesReader, valueAfterKey } from "./read-sequence.ts";
import { readString } from "./read-string.ts";
import { readValue } from "./read-value.ts";
import { type Read, unusual } from "./text-position.ts";

/** What field readers need of the codec that they belong to. */
export interface ReaderContext {
  readonly options: JsonOptions;
  /** The reader of a message's payload, without tag and length. */
  messageReader(message: DescMessage): Read;
}

/** Reads a whole field, tags included: nothing for the default value of a field with implicit presence. */
export function fieldReader(field: MessageField, context: ReaderContext): Read {
  switch (field.fieldKind) {
    case "scalar":
    case "enum":
      return singularReader(field, field.number, field.presence === Presence.IMPLICIT, context);
    case "message":
      return messageFieldReader(field, context.messageReader(field.message));
    case "map":
      return mapReader(field, context);
    case "list":
      if (field.listKind === "message") {
        return arrayReader(messageFieldReader(field, context.messageReader(field.message)), true);
      }
      return field.packed
        ? packedReader(field, context)
        : arrayReader(singularReader(field, field.number, false, context), true);
  }
}

/** A scalar or enum type, singular, as list element or as map value. */
type ScalarOrEnum =
  | { readonly scalar: ScalarType; readonly enum: undefined }
  | { readonly scalar: undefined; readonly enum: DescEnum };

/** Reads a tag and one scalar or enum value; with `skipDefault` nothing for the type's default. */
function singularReader(
  type: ScalarOrEnum,
  fieldNumber: number,
  skipDefault: boolean,
  { options }: ReaderContext,
): Read {
  return type.enum === undefined
    ? scalarReader(type.scalar, fieldNumber, skipDefault)
    : taggedEnumReader(enumReader(type.enum, options), fieldNumber, skipDefault);
}

/** Reads a tag and a scalar; with `skipDefault` nothing for the type's default. */
export function scalarReader(type: ScalarType, fieldNumber: number, skipDefault: boolean): Read {
  const tag = tagOf(fieldNumber, wireTypeOf(type));
  return function readTaggedScalar(b, p, q) {
    const start = writeVarint32(q, tag);
    const end = readScalar(type, b, p, start);
    return skipDefault && isZero(start, end) ? q : end;
  };
}

/** Reads an enum's value without a tag, or gives {@link leftOut} for one that is to be ignored. */
function enumReader(type: DescEnum, options: JsonOptions): Read {
  const numbers = keyTable(enumNumbers(type, options));
  const writeEnum = enumWriter(type, options);
  return function readEnum(b, p, q, depth) {
    const number = b[p] === 34 ? numbers.find(b, p + 1) : undefined;
    return number === undefined ? writeEnum(q, readValue(b, p), depth) : writeInt32(q, number);
  };
}

function taggedEnumReader(readEnum: Read, fieldNumber: number, skipDefault: boolean): Read {
  const tag = tagOf(fieldNumber, WireType.VARINT);
  return function readTaggedEnum(b, p, q, depth) {
    const start = writeVarint32(q, tag);
    const end = readEnum(b, p, start, depth);
    return end === leftOut || (skipDefault && isZero(start, end)) ? q : end;
  };
}

/** Reads a message field or one element of it: length-prefixed, or between group tags. */
export function messageFieldReader(
  field: { readonly number: number; readonly delimitedEncoding: boolean },
  read: Read,
): Read {
  if (!field.delimitedEncoding) return lengthPrefixedReader(field.number, read);
  const startTag = tagOf(field.number, WireType.START_GROUP);
  const endTag = tagOf(field.number, WireType.END_GROUP);
  return function readGroup(b, p, q, depth) {
    const end = read(b, p, writeVarint32(q, startTag), depth + 1);
    if (end + room > capacity) grow(end, room);
    return writeVarint32(end, endTag);
  };
}

function lengthPrefixedReader(fieldNumber: number, read: Read): Read {
  const tag = tagOf(fieldNumber, WireType.LENGTH);
  // Messages of one field tend to be alike in size: expecting the last one's length saves moving it.
  let reserved = 1;
  return function readMessage(b, p, q, depth) {
    const start = writeVarint32(q, tag);
    const guess = reserved;
    const end = read(b, p, start + guess, depth + 1);
    reserved = varintSize(end - start - guess);
    return closeLength(start, guess, end);
  };
}

/** Reads one item of a MessageSet: a group 1 of type_id (2) and message (3), as google's message_set.proto describes. */
export function messageSetItemReader(fieldNumber: number, read: Read): Read {
  return function readItem(b, p, q, depth) {
    bytes[q] = 8 + WireType.START_GROUP;
    bytes[q + 1] = 16 + WireType.VARINT;
    const start = writeVarint32(q + 2, fieldNumber) + 1;
    bytes[start - 1] = 24 + WireType.LENGTH;
    const end = closeLength(start, 1, read(b, p, start + 1, depth + 1));
    if (end + room > capacity) grow(end, room);
    bytes[end] = 8 + WireType.END_GROUP;
    return end + 1;
  };
}

function packedReader(field: MessageField & ScalarOrEnum, { options }: ReaderContext): Read {
  const tag = tagOf(field.number, WireType.LENGTH);
  const readElements = arrayReader(
    field.enum === undefined
      ? (b, p, q) => readScalar(field.scalar, b, p, q)
      : withoutLeftOut(enumReader(field.enum, options)),
    true,
  );
  return function readPacked(b, p, q, depth) {
    const start = writeVarint32(q, tag);
    const end = readElements(b, p, start + 1, depth);
    return end === start + 1 ? q : closeLength(start, 1, end);
  };
}

function withoutLeftOut(readEnum: Read): Read {
  return function readElement(b, p, q, depth) {
    const end = readEnum(b, p, q, depth);
    return end === leftOut ? q : end;
  };
}

/** Reads a map; of equal keys the last counts for those who read the wire. */
function mapReader(field: MessageField & { fieldKind: "map" }, context: ReaderContext): Read {
  const tag = tagOf(field.number, WireType.LENGTH);
  const keyTag = tagOf(1, wireTypeOf(field.mapKey));
  const readKey = mapKeyReader(field.mapKey);
  const readEntryValue =
    field.mapKind === "message"
      ? lengthPrefixedReader(2, context.messageReader(field.message))
      : singularReader(field, 2, false, context);
  const readEntries = entriesReader((b, p, q, depth) => {
    const start = writeVarint32(q, tag);
    bytes[start + 1] = keyTag;
    const step = diagnosing ? keyStep(readValue(b, p) as string) : "";
    const valueStart = diagnosing
      ? readPart(step, readKey, b, p, start + 2, depth)
      : readKey(b, p, start + 2, depth);
    const valueAt = valueAfterKey(b);
    if (valueStart + room > capacity) grow(valueStart, room);
    const end = diagnosing
      ? readPart(step, readEntryValue, b, valueAt, valueStart, depth)
      : readEntryValue(b, valueAt, valueStart, depth);
    if (end !== valueStart) return closeLength(start, 1, end);
    // An unknown enum value to be ignored takes its entry along, and with it an earlier one of the same key.
    if (!diagnosing) unusual();
    return q;
  });
  return context.options.duplicateKeys === "reject" ? distinctReader(readEntries) : readEntries;
}

function mapKeyReader(type: ScalarType): Read {
  if (type === ScalarType.STRING) return readString;
  const writeKey = mapKeyWriter(type);
  return (b, p, q, depth) => (b[p] === 34 ? writeKey(q, readValue(b, p), depth) : unusual());
}
