import type { HeaderList } from "./header-list.ts";
import { staticFieldIndex, staticNameIndex } from "./static-table.ts";

/** The names whose values no intermediary may put into a table (RFC 7541 §7.1.3), unless told. */
const SENSITIVE_NAMES: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
]);

/**
 * A dynamic table size update to 0. The first block after the peer lowered its
 * SETTINGS_HEADER_TABLE_SIZE begins with it: some peers end the connection otherwise.
 */
export const EMPTY_TABLE_UPDATE = 0x20;

const INDEXED = 0x80;
const NEVER_INDEXED = 0x10;
// A byte of kind, two lengths of at most 5 bytes after their prefix.
const FIELD_OVERHEAD = 13;
// Up to here a loop over the characters is cheaper than a call into the engine.
const SHORT_CHARACTERS = 64;
const WIDE_TEXT = "a header field with a character above U+00FF";
const wide = /[\u0100-\uffff]/;

/** The most bytes that `writeHeaders` writes for a list. */
export function maxBlockBytes(list: HeaderList): number {
  let bytes = 0;
  for (let at = 0; at < list.length; at++) bytes += (list[at] as string).length;
  return bytes + (list.length / 2) * FIELD_OVERHEAD;
}

/**
 * Writes a header list at `offset`, and returns the offset after it. Fields of the static table
 * are indexed, others are literals: no dynamic table, so that the bytes mean the same at any time,
 * and no Huffman code, which takes more time than its bytes do.
 * @throws RangeError on a character above U+00FF, which no field can carry.
 */
export function writeHeaders(
  target: Buffer,
  offset: number,
  list: HeaderList,
  sensitive: ReadonlySet<string> = SENSITIVE_NAMES,
): number {
  let at = offset;
  for (let field = 0; field < list.length; field += 2) {
    at = writeField(target, at, list[field] as string, list[field + 1] as string, sensitive);
  }
  return at;
}

/** Encodes a header list as a block of its own; see `writeHeaders`. */
export function encodeHeaders(
  list: HeaderList,
  options: { readonly sensitive?: ReadonlySet<string> } = {},
): Buffer {
  const target = Buffer.allocUnsafe(maxBlockBytes(list));
  return target.subarray(0, writeHeaders(target, 0, list, options.sensitive));
}

function writeField(
  target: Buffer,
  offset: number,
  name: string,
  value: string,
  sensitive: ReadonlySet<string>,
): number {
  const nameIndex = staticNameIndex(name);
  const isSensitive = sensitive.has(name);
  const index = isSensitive ? 0 : staticFieldIndex(nameIndex, name, value);
  if (index > 0) return writeInteger(target, offset, INDEXED, 0x7f, index);
  const kind = isSensitive ? NEVER_INDEXED : 0;
  let at = writeInteger(target, offset, kind, 0x0f, nameIndex);
  if (nameIndex === 0) at = writeString(target, at, name);
  return writeString(target, at, value);
}

function writeInteger(
  target: Buffer,
  offset: number,
  kind: number,
  mask: number,
  value: number,
): number {
  if (value < mask) {
    target[offset] = kind | value;
    return offset + 1;
  }
  target[offset] = kind | mask;
  let at = offset + 1;
  let rest = value - mask;
  for (; rest >= 0x80; rest >>>= 7) target[at++] = (rest & 0x7f) | 0x80;
  target[at] = rest;
  return at + 1;
}

function writeString(target: Buffer, offset: number, text: string): number {
  const at = writeInteger(target, offset, 0, 0x7f, text.length);
  if (text.length > SHORT_CHARACTERS) {
    if (wide.test(text)) throw new RangeError(WIDE_TEXT);
    return at + target.write(text, at, "latin1");
  }
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character > 0xff) throw new RangeError(WIDE_TEXT);
    target[at + index] = character;
  }
  return at + text.length;
}
