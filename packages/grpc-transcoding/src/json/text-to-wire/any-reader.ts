import type { DescMessage } from "@bufbuild/protobuf";
import { maxDepth } from "../../wire/skip-field.ts";
import { bytes, capacity, grow, room } from "../output-buffer.ts";
import { skipJsonValue, skipSpace, skipString } from "../skip-json.ts";
import { writeString } from "../to-wire/write-string.ts";
import { closeLength } from "../to-wire/write-varint.ts";
import { typeNameOf, typeUrlTag, valueTag } from "../well-known/any.ts";
import { compileMembers, type KeyRule } from "./compile-members.ts";
import { messageReader } from "./message-reader.ts";
import type { Read } from "./read.ts";
import { isWord } from "./read-scalar.ts";
import { valueAfterKey } from "./read-sequence.ts";
import { readNothing, readValue } from "./read-value.ts";
import { endAt, unusual } from "./text-position.ts";

/** What an Any's reader needs of the codec. */
export interface AnyReaderContext {
  findMessage(typeName: string): DescMessage | undefined;
  /** Of a type with fields, undefined for one with a special JSON form. */
  fieldRules(message: DescMessage): readonly KeyRule[] | undefined;
  messageReader(message: DescMessage): Read;
  readonly readUnknown: Read | undefined;
}

const typeKey = Buffer.from('"@type"');

/**
 * Reads google.protobuf.Any from `{"@type": url, ...}` with the message's fields, or its special form under
 * `value`. The type must be known before the rest can be read: elsewhere than in front it is unusual.
 */
export function anyReader(context: AnyReaderContext): Read {
  const contents = new Map<DescMessage, Read>();

  function contentReader(typeUrl: unknown): Read {
    const typeName = typeof typeUrl === "string" ? typeNameOf(typeUrl) : undefined;
    const message = typeName === undefined ? undefined : context.findMessage(typeName);
    if (message === undefined) unusual();
    let read = contents.get(message);
    if (read === undefined) {
      read = compileContent(message, context);
      contents.set(message, read);
    }
    return read;
  }

  return function readAny(b, p, q, depth) {
    if (depth > maxDepth || b[p] !== 123) unusual();
    let first = skipSpace(b, p + 1);
    if (b[first] === 125) {
      endAt(first + 1);
      return q;
    }
    // Keys that look like an index come first where JavaScript has printed the text.
    while (isDigit(b[first + 1])) first = nextKey(b, first);
    if (!isWord(b, first, typeKey)) unusual();
    endAt(first + typeKey.length);
    const typeUrl = readValue(b, valueAfterKey(b));
    const read = contentReader(typeUrl);
    bytes[q] = typeUrlTag;
    q = writeString(q + 1, typeUrl);
    if (q + room > capacity) grow(q, room);
    bytes[q] = valueTag;
    const end = read(b, p, q + 2, depth);
    // An empty payload is the field's default.
    return end === q + 2 ? q : closeLength(q + 1, 1, end);
  };
}

function isDigit(c: number | undefined): boolean {
  return c !== undefined && c >= 48 && c <= 57;
}

/** The position of the key behind that at `p` and its value. */
function nextKey(b: Buffer, p: number): number {
  endAt(skipString(b, p + 1));
  const comma = skipSpace(b, skipJsonValue(b, valueAfterKey(b)));
  if (b[comma] !== 44) unusual();
  return skipSpace(b, comma + 1);
}

/** The reader of an Any's whole object as the payload of its message; `depth` is the Any's. */
function compileContent(message: DescMessage, context: AnyReaderContext): Read {
  const fields = context.fieldRules(message);
  if (fields !== undefined) {
    const read = messageReader(
      () => compileMembers([...fields, keyOf("@type", readNothing)]),
      context.readUnknown,
    );
    return (b, p, q, depth) => read(b, p, q, depth + 1);
  }
  const readSpecial = context.messageReader(message);
  const value = keyOf("value", (b, p, q, depth) => readSpecial(b, p, q, depth + 1));
  const rules = [keyOf("@type", readNothing), { ...value, required: true }];
  return messageReader(() => compileMembers(rules), context.readUnknown);
}

function keyOf(key: string, read: Read): KeyRule {
  return {
    key,
    jsonKey: key,
    oneof: -1,
    required: false,
    takesNull: true,
    field: undefined,
    read,
  };
}
