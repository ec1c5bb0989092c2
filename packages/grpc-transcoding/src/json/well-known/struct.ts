import { findEntry, findNext, keyAt, valueAt } from "../../wire/find-field.ts";
import { malformed, unprintable } from "../../wire/malformed.ts";
import { maxDepth, skipValue } from "../../wire/skip-field.ts";
import { position, readLength, readTag, readVarint32, skipVarint } from "../../wire/varint.ts";
import { bytes, capacity, grow, room } from "../output-buffer.ts";
import { addKey, closeObject, openKeys } from "../to-json/distinct-keys.ts";
import { mergePayloads } from "../to-json/merge-payloads.ts";
import { printDouble, readDouble } from "../to-json/print-number.ts";
import { printString } from "../to-json/print-string.ts";

/** Tags of google/protobuf/struct.proto, all below 128. */
export const nullTag = 8;
export const numberTag = 17;
export const stringTag = 26;
export const boolTag = 32;
export const structTag = 42;
export const listTag = 50;
/** The entries of a Struct and the values of a ListValue. */
export const itemTag = 10;
export const entryKeyTag = 10;
export const entryValueTag = 18;

/** Prints a google.protobuf.Value's payload; its last field decides. */
export function printValue(b: Buffer, p: number, end: number, q: number, depth: number): number {
  let kind = 0;
  let first = 0;
  let last = 0;
  while (p < end) {
    const tag = readTag(b, p, end);
    p = position;
    if (
      tag === nullTag ||
      tag === numberTag ||
      tag === stringTag ||
      tag === boolTag ||
      tag === structTag ||
      tag === listTag
    ) {
      if (kind !== tag) first = p;
      kind = tag;
      last = p;
    }
    p = skipValue(b, p, end, tag, depth);
  }
  if (q + room > capacity) grow(q, room);
  switch (kind) {
    case nullTag:
      return printWord(q, "null");
    case boolTag:
      skipVarint(b, last, end);
      return printWord(q, isTrue(b, last) ? "true" : "false");
    case numberTag: {
      const number = readDouble(b, last);
      if (!Number.isFinite(number)) unprintable("a google.protobuf.Value is NaN or infinite");
      return printDouble(q, number);
    }
    case stringTag: {
      const length = readLength(b, last, end);
      return printString(b, position, position + length, q, true);
    }
    case structTag:
    case listTag: {
      const print = kind === structTag ? printStruct : printListValue;
      if (first !== last) {
        const merged = mergePayloads(b, first, end, kind, depth);
        return print(merged, 0, merged.length, q, depth + 1);
      }
      const length = readLength(b, last, end);
      return print(b, position, position + length, q, depth + 1);
    }
    default:
      return unprintable("a google.protobuf.Value has no value");
  }
}

function isTrue(b: Uint8Array, p: number): boolean {
  return readVarint32(b, p) !== 0 || position - p > 5;
}

function printWord(q: number, word: string): number {
  for (let i = 0; i < word.length; i++) bytes[q + i] = word.charCodeAt(i);
  return q + word.length;
}

/** Prints a google.protobuf.Struct's payload as an object; of entries with one key the last counts. */
export function printStruct(b: Buffer, p: number, end: number, q: number, depth: number): number {
  if (depth > maxDepth) malformed(`messages are nested more than ${maxDepth} deep`);
  const start = q;
  const keys = openKeys();
  for (;;) {
    p = findNext(b, p, end, itemTag, depth);
    if (p < 0) break;
    const length = readLength(b, p, end);
    p = position + length;
    q = printEntry(b, p - length, p, q, depth);
  }
  return closeObject(keys, start, q);
}

function printEntry(b: Buffer, p: number, end: number, q: number, depth: number): number {
  findEntry(b, p, end, entryKeyTag, entryValueTag, depth);
  if (q + room > capacity) grow(q, room);
  bytes[q] = 44;
  const keyStart = q + 1;
  if (keyAt < 0) {
    q = printString(b, 0, 0, keyStart, true);
  } else {
    const length = readLength(b, keyAt, end);
    q = printString(b, position, position + length, keyStart, true);
  }
  addKey(keyStart, q);
  if (q + room > capacity) grow(q, room);
  bytes[q++] = 58;
  if (valueAt < 0) return unprintable("a google.protobuf.Value has no value");
  const length = readLength(b, valueAt, end);
  return printValue(b, position, position + length, q, depth);
}

/** Prints a google.protobuf.ListValue's payload as an array. */
export function printListValue(
  b: Buffer,
  p: number,
  end: number,
  q: number,
  depth: number,
): number {
  if (depth > maxDepth) malformed(`messages are nested more than ${maxDepth} deep`);
  const start = q;
  for (;;) {
    p = findNext(b, p, end, itemTag, depth);
    if (p < 0) break;
    const length = readLength(b, p, end);
    p = position + length;
    if (q + room > capacity) grow(q, room);
    bytes[q] = 44;
    q = printValue(b, p - length, p, q + 1, depth);
  }
  if (q + room > capacity) grow(q, room);
  if (q === start) q++;
  bytes[start] = 91;
  bytes[q] = 93;
  return q + 1;
}
