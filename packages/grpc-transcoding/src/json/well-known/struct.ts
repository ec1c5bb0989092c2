import { findEntry, findNext, keyAt, valueAt } from "../../wire/find-field.ts";
import { malformed, unprintable } from "../../wire/malformed.ts";
import { maxDepth, skipValue } from "../../wire/skip-field.ts";
import { position, readLength, readTag, readVarint32, skipVarint } from "../../wire/varint.ts";
import { bytes, capacity, grow, room, view } from "../output-buffer.ts";
import { addKey, closeObject, openKeys } from "../to-json/distinct-keys.ts";
import { mergePayloads } from "../to-json/merge-payloads.ts";
import { printDouble, readDouble } from "../to-json/print-number.ts";
import { printString } from "../to-json/print-string.ts";
import { toObject } from "../to-wire/field-writer.ts";
import { UnexpectedValue, unexpected } from "../to-wire/unexpected-value.ts";
import { writeString } from "../to-wire/write-string.ts";
import { closeLength } from "../to-wire/write-varint.ts";

/** Tags of google/protobuf/struct.proto, all below 128. */
const nullTag = 8;
const numberTag = 17;
const stringTag = 26;
const boolTag = 32;
const structTag = 42;
const listTag = 50;
/** The entries of a Struct and the values of a ListValue. */
const itemTag = 10;
const entryKeyTag = 10;
const entryValueTag = 18;

/** Writes any JSON value as google.protobuf.Value. */
export function writeValue(p: number, value: unknown, depth: number): number {
  switch (typeof value) {
    case "string":
      bytes[p] = stringTag;
      return writeString(p + 1, value);
    case "number":
    case "bigint": {
      const number = Number(value);
      if (!Number.isFinite(number)) unexpected("finite number", value);
      bytes[p] = numberTag;
      view.setFloat64(p + 1, number, true);
      return p + 9;
    }
    case "boolean":
      bytes[p] = boolTag;
      bytes[p + 1] = value ? 1 : 0;
      return p + 2;
    case "object": {
      if (value === null) {
        bytes[p] = nullTag;
        bytes[p + 1] = 0;
        return p + 2;
      }
      const isList = Array.isArray(value);
      bytes[p] = isList ? listTag : structTag;
      const end = isList
        ? writeListValue(p + 2, value, depth + 1)
        : writeStruct(p + 2, value, depth + 1);
      return closeLength(p + 1, 1, end);
    }
    default:
      return unexpected("JSON value", value);
  }
}

function checkDepth(depth: number): void {
  if (depth > maxDepth) throw new UnexpectedValue(`values are nested more than ${maxDepth} deep`);
}

/** Writes a JSON object as google.protobuf.Struct. */
export function writeStruct(p: number, value: unknown, depth: number): number {
  const object = toObject(value, "object");
  checkDepth(depth);
  for (const key of Object.keys(object)) {
    if (p + room > capacity) grow(p, room);
    bytes[p] = itemTag;
    bytes[p + 2] = entryKeyTag;
    const valueStart = writeString(p + 3, key);
    if (valueStart + room > capacity) grow(valueStart, room);
    bytes[valueStart] = entryValueTag;
    const end = writeValue(valueStart + 2, object[key], depth);
    p = closeLength(p + 1, 1, closeLength(valueStart + 1, 1, end));
  }
  return p;
}

/** Writes a JSON array as google.protobuf.ListValue. */
export function writeListValue(p: number, value: unknown, depth: number): number {
  if (!Array.isArray(value)) unexpected("array", value);
  checkDepth(depth);
  for (let i = 0; i < value.length; i++) {
    if (p + room > capacity) grow(p, room);
    bytes[p] = itemTag;
    p = closeLength(p + 1, 1, writeValue(p + 2, value[i], depth));
  }
  return p;
}

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
