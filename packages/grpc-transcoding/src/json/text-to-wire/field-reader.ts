import { type DescEnum, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { varintSize } from "../../wire/varint.ts";
import { tagOf, WireType, wireTypeOf } from "../../wire/wire-type.ts";
import type { MessageField } from "../message-fields.ts";
import { bytes, capacity, grow, room } from "../output-buffer.ts";
import { fieldWriter, Presence, type WriterContext } from "../to-wire/field-writer.ts";
import { isZero } from "../to-wire/scalar-writers.ts";
import { closeLength, writeInt32, writeVarint32 } from "../to-wire/write-varint.ts";
import { keyTable } from "./key-table.ts";
import { readScalar } from "./read-scalar.ts";
import { readString } from "./read-string.ts";
import { readValue } from "./read-value.ts";
import { endAt, position, skipSpace, unusual } from "./text-position.ts";

/**
 * Writes at `q` of the output, where `room` bytes are free, what stands at `p` of the text, a value
 * without whitespace in front. Returns the output's end; the text's is in `position`. Throws for what the
 * way through values shall take: Unusual, UnexpectedValue, JsonError or SyntaxError.
 */
export type Read = (b: Buffer, p: number, q: number, depth: number) => number;

/** What field readers need of the codec that they belong to. */
export interface ReaderContext extends WriterContext {
  /** The reader of a message's payload: its fields, without tag and length. Undefined for special JSON forms. */
  messageReader(message: DescMessage): Read | undefined;
}

/** Reads a whole field, tags included. What has no reader of its own is parsed and goes to the field's writer. */
export function fieldReader(field: MessageField, context: ReaderContext): Read {
  switch (field.fieldKind) {
    case "scalar":
      return scalarReader(field.scalar, field.number, field.presence === Presence.IMPLICIT);
    case "enum":
      return enumReader(
        field.enum,
        field.number,
        field.presence === Presence.IMPLICIT,
        valueReader(field, context),
      );
    case "message":
      return messageFieldReader(field, context) ?? valueReader(field, context);
    case "map":
      return mapReader(field, context) ?? valueReader(field, context);
    case "list":
      return listFieldReader(field, context) ?? valueReader(field, context);
  }
}

/** Parses the field's value and leaves it to the field's writer. */
function valueReader(field: MessageField, context: ReaderContext): Read {
  const { write } = fieldWriter(field, context);
  const rejectDuplicates = context.options.duplicateKeys === "reject";
  return function readParsed(b, p, q, depth) {
    const value = readValue(b, p, rejectDuplicates);
    const end = position;
    q = write(q, value, depth);
    endAt(end);
    return q;
  };
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

/** Reads the names of an enum; `readOther` takes numbers and unknown names. */
function enumReader(
  type: DescEnum,
  fieldNumber: number,
  skipDefault: boolean,
  readOther: Read,
): Read {
  const tag = tagOf(fieldNumber, WireType.VARINT);
  const numbers = keyTable(new Map(type.values.map((value) => [value.name, value.number])));
  return function readEnum(b, p, q, depth) {
    const number = b[p] === 34 ? numbers.find(b, p + 1) : undefined;
    if (number === undefined) return readOther(b, p, q, depth);
    return number === 0 && skipDefault ? q : writeInt32(writeVarint32(q, tag), number);
  };
}

function messageFieldReader(
  field: MessageField & { readonly message: DescMessage },
  context: ReaderContext,
): Read | undefined {
  const delimited = field.fieldKind !== "map" && field.delimitedEncoding;
  return delimited ? undefined : taggedMessageReader(field.message, field.number, context);
}

function taggedMessageReader(
  message: DescMessage,
  fieldNumber: number,
  context: ReaderContext,
): Read | undefined {
  const read = context.messageReader(message);
  if (read === undefined) return undefined;
  const tag = tagOf(fieldNumber, WireType.LENGTH);
  // As in field-writer.ts: messages of one field tend to be alike in size.
  let reserved = 1;
  return function readMessage(b, p, q, depth) {
    const start = writeVarint32(q, tag);
    const guess = reserved;
    const end = read(b, p, start + guess, depth + 1);
    reserved = varintSize(end - start - guess);
    return closeLength(start, guess, end);
  };
}

function listFieldReader(
  field: MessageField & { fieldKind: "list" },
  context: ReaderContext,
): Read | undefined {
  switch (field.listKind) {
    case "message": {
      const read = messageFieldReader(field, context);
      return read && listReader(read);
    }
    case "scalar":
      return field.packed
        ? packedReader(field.scalar, field.number)
        : listReader(scalarReader(field.scalar, field.number, false));
    case "enum":
      return undefined;
  }
}

const bracket = 91;
const closingBracket = 93;
const comma = 44;

/** One tagged element after the other. */
function listReader(readElement: Read): Read {
  return function readList(b, p, q, depth) {
    if (b[p] !== bracket) unusual();
    p = skipSpace(b, p + 1);
    if (b[p] === closingBracket) {
      endAt(p + 1);
      return q;
    }
    for (;;) {
      if (q + room > capacity) grow(q, room);
      q = readElement(b, p, q, depth);
      p = skipSpace(b, position);
      const c = b[p];
      p++;
      if (c === closingBracket) break;
      if (c !== comma) unusual();
      p = skipSpace(b, p);
    }
    endAt(p);
    return q;
  };
}

function packedReader(type: ScalarType, fieldNumber: number): Read {
  const tag = tagOf(fieldNumber, WireType.LENGTH);
  const readElements = listReader((b, p, q) => readScalar(type, b, p, q));
  return function readPacked(b, p, q, depth) {
    const start = writeVarint32(q, tag);
    const end = readElements(b, p, start + 1, depth);
    return end === start + 1 ? q : closeLength(start, 1, end);
  };
}

const keyTag = tagOf(1, WireType.LENGTH);

/** Reads maps with string keys; of equal keys the last counts for those who read the wire. */
function mapReader(
  field: MessageField & { fieldKind: "map" },
  context: ReaderContext,
): Read | undefined {
  // Equal keys are seen by the parser only.
  const rejectDuplicates = context.options.duplicateKeys === "reject";
  if (field.mapKey !== ScalarType.STRING || rejectDuplicates) return undefined;
  const readEntryValue = mapValueReader(field, context);
  if (readEntryValue === undefined) return undefined;
  const tag = tagOf(field.number, WireType.LENGTH);
  return function readMap(b, p, q, depth) {
    if (b[p] !== 123) unusual();
    p = skipSpace(b, p + 1);
    if (b[p] === 125) {
      endAt(p + 1);
      return q;
    }
    for (;;) {
      if (q + room > capacity) grow(q, room);
      const start = writeVarint32(q, tag);
      bytes[start + 1] = keyTag;
      const valueStart = readString(b, p, start + 2);
      p = skipSpace(b, position);
      if (b[p] !== 58) unusual();
      if (valueStart + room > capacity) grow(valueStart, room);
      q = closeLength(start, 1, readEntryValue(b, skipSpace(b, p + 1), valueStart, depth));
      p = skipSpace(b, position);
      const c = b[p];
      p++;
      if (c === 125) break;
      if (c !== comma) unusual();
      p = skipSpace(b, p);
    }
    endAt(p);
    return q;
  };
}

function mapValueReader(
  field: MessageField & { fieldKind: "map" },
  context: ReaderContext,
): Read | undefined {
  switch (field.mapKind) {
    case "scalar":
      return scalarReader(field.scalar, 2, false);
    case "message":
      return taggedMessageReader(field.message, 2, context);
    case "enum":
      return undefined;
  }
}
