import type { DescMessage } from "@bufbuild/protobuf";
import { maxDepth } from "../../wire/skip-field.ts";
import { bytes, capacity, grow, room } from "../output-buffer.ts";
import { skipSpace } from "../skip-json.ts";
import { excerpt, UnexpectedValue, unexpected } from "../to-wire/unexpected-value.ts";
import { writeString } from "../to-wire/write-string.ts";
import { closeLength } from "../to-wire/write-varint.ts";
import { typeNameOf, typeUrlTag, valueTag } from "../well-known/any.ts";
import { diagnosing, mismatch } from "./diagnosis.ts";
import type { MemberRule } from "./member.ts";
import { messageReader } from "./message-reader.ts";
import { isWord } from "./read-scalar.ts";
import { valueAfterKey } from "./read-sequence.ts";
import { readNothing, readValue } from "./read-value.ts";
import { endAt, type Read, unusual } from "./text-position.ts";

/** What an Any's reader needs of the codec. */
export interface AnyReaderContext {
  findMessage(typeName: string): DescMessage | undefined;
  /** Of a type with fields, undefined for one with a special JSON form. */
  memberRules(message: DescMessage): readonly MemberRule[] | undefined;
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
    if (typeof typeUrl !== "string") unexpected('type URL in "@type"', typeUrl);
    const typeName = typeNameOf(typeUrl);
    if (typeName === undefined) {
      unexpected('type URL such as "type.googleapis.com/package.Message" in "@type"', typeUrl);
    }
    const message = context.findMessage(typeName);
    if (message === undefined) {
      throw new UnexpectedValue(`the schema has no message ${excerpt(typeName)}`);
    }
    const read = contents.get(message) ?? compileContent(message, context);
    contents.set(message, read);
    return read;
  }

  return function readAny(b, p, q, depth) {
    if (b[p] !== 123) mismatch("object", b, p);
    if (depth > maxDepth) {
      throw new UnexpectedValue(`messages are nested more than ${maxDepth} deep`);
    }
    const first = skipSpace(b, p + 1);
    if (b[first] === 125) {
      endAt(first + 1);
      return q;
    }
    if (!isWord(b, first, typeKey)) missType(b, p);
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

function missType(b: Buffer, p: number): never {
  if (!diagnosing || Object.hasOwn(readValue(b, p) as object, "@type")) unusual();
  throw new UnexpectedValue('"@type" is missing from a google.protobuf.Any');
}

/** The reader of an Any's whole object as the payload of its message; `depth` is the Any's. */
function compileContent(message: DescMessage, context: AnyReaderContext): Read {
  const { typeName } = message;
  const type = memberNamed("@type", readNothing);
  const fields = context.memberRules(message);
  if (fields !== undefined) {
    const members = [...fields, type];
    const read = messageReader(() => ({ typeName, members }), context.readUnknown);
    return (b, p, q, depth) => read(b, p, q, depth + 1);
  }
  const readSpecial = context.messageReader(message);
  const value = memberNamed("value", (b, p, q, depth) => readSpecial(b, p, q, depth + 1));
  const members = [type, { ...value, required: true }];
  return messageReader(() => ({ typeName, members, isAnyOf: true }), context.readUnknown);
}

function memberNamed(name: string, read: Read): MemberRule {
  return {
    names: [name],
    oneof: -1,
    required: false,
    takesNull: true,
    field: undefined,
    read,
  };
}
