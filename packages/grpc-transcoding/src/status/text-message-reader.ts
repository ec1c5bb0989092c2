import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { Malformed, malformed } from "../wire/malformed.ts";
import { position, readLength, readTag } from "../wire/varint.ts";
import { tagOf, WireType } from "../wire/wire-type.ts";

/**
 * Adds a message's bytes to an object as the members of its canonical JSON. False, with the object in
 * any state, for bytes that need the codec: malformed ones, and legal ones that few encoders write.
 */
export type TextMessageReader = (bytes: Uint8Array, members: Members) => boolean;

type Members = Record<string, unknown>;
/** Reads the bytes from `p` to `end`, of a message or of one field's value. Throws {@link Malformed}. */
type Read = (members: Members, b: Buffer, p: number, end: number) => void;

/**
 * A reader for a message of nothing but texts, lists and maps of texts, and messages of such, as most
 * of google.rpc's are. Undefined for any other message. It makes no JSON text on the way from bytes to
 * values, which would take longer than the rest of an error's details.
 */
export function textMessageReader(message: DescMessage): TextMessageReader | undefined {
  const read = messageReader(message);
  if (read === undefined) return undefined;
  return ({ buffer, byteOffset, length }, members) => {
    try {
      read(members, Buffer.from(buffer, byteOffset, length), 0, length);
      return true;
    } catch (error) {
      if (error instanceof Malformed) return false;
      throw error;
    }
  };
}

function messageReader(message: DescMessage): Read | undefined {
  const readers: Read[] = [];
  for (const field of message.fields) {
    const reader = fieldReader(field);
    if (reader === undefined) return undefined;
    readers[tagOf(field.number, WireType.LENGTH)] = reader;
  }
  return (members, b, start, end) => {
    let p = start;
    while (p < end) {
      const read = readers[readTag(b, p, end)] ?? unusual();
      const length = readLength(b, position, end);
      p = position + length;
      read(members, b, p - length, p);
    }
  };
}

function fieldReader(field: DescField): Read | undefined {
  const { jsonName } = field;
  if (field.fieldKind === "map") return isTextMap(field) ? mapReader(jsonName) : undefined;
  if (field.message === undefined) return isText(field) ? textReader(field) : undefined;
  const read = messageReader(field.message);
  if (read === undefined) return undefined;
  return (members, b, p, end) => {
    const value: Members = {};
    read(value, b, p, end);
    if (field.fieldKind === "list") append(members, jsonName, value);
    // Two messages for one field are merged.
    else if (jsonName in members) unusual();
    else members[jsonName] = value;
  };
}

function isText(field: DescField): boolean {
  const type = field.fieldKind === "list" ? field.listKind : field.fieldKind;
  return type === "scalar" && field.scalar === ScalarType.STRING && !field.oneof;
}

function isTextMap(field: DescField & { fieldKind: "map" }): boolean {
  return field.mapKey === ScalarType.STRING && field.scalar === ScalarType.STRING;
}

function textReader({ jsonName, fieldKind }: DescField): Read {
  if (fieldKind === "list") {
    return (members, b, p, end) => append(members, jsonName, readText(b, p, end));
  }
  return (members, b, p, end) => {
    // An empty text is left out, also by encoders.
    if (p === end) unusual();
    members[jsonName] = readText(b, p, end);
  };
}

const keyTag = tagOf(1, WireType.LENGTH);
const valueTag = tagOf(2, WireType.LENGTH);

function mapReader(jsonName: string): Read {
  return (members, b, p, end) => {
    if (readTag(b, p, end) !== keyTag) unusual();
    const keyLength = readLength(b, position, end);
    const keyEnd = position + keyLength;
    const key = readText(b, position, keyEnd);
    if (readTag(b, keyEnd, end) !== valueTag) unusual();
    const valueLength = readLength(b, position, end);
    // Assigning to `__proto__` makes no member.
    if (position + valueLength !== end || key === "__proto__") unusual();
    members[jsonName] ??= {};
    (members[jsonName] as Members)[key] = readText(b, position, end);
  };
}

function append(members: Members, name: string, value: unknown): void {
  const list = members[name];
  if (list === undefined) members[name] = [value];
  else (list as unknown[]).push(value);
}

function readText(b: Buffer, p: number, end: number): string {
  const text = b.toString("utf8", p, end);
  // Only the codec tells bytes that are not UTF-8 from a U+FFFD that was sent.
  if (text.includes("\ufffd")) unusual();
  return text;
}

/** Throws for what is left to the codec. */
function unusual(): never {
  malformed("the codec must see to these bytes");
}
