import { malformed, truncated } from "./malformed.ts";

/**
 * Where the last read of this module ended. Readers return their value and leave the position here:
 * a pair of results without an object. Take it before anything else is read.
 */
export let position = 0;

/** The halves of the last 64-bit value read, as signed 32-bit integers (small integers to V8 at any value). */
export let low = 0;
export let high = 0;

/**
 * Reads a varint's low 32 bits, as C++ does for 32-bit types: further bits are dropped. Throws for more
 * than ten bytes. May read past a message's end, where bytes are missing (`undefined`, which counts as
 * 0): the caller compares {@link position} with the end.
 */
export function readVarint32(b: Uint8Array, p: number): number {
  let x = b[p++] as number;
  if (x < 128) {
    position = p;
    return x;
  }
  let value = x & 127;
  x = b[p++] as number;
  value |= (x & 127) << 7;
  if (x > 127) {
    x = b[p++] as number;
    value |= (x & 127) << 14;
    if (x > 127) {
      x = b[p++] as number;
      value |= (x & 127) << 21;
      if (x > 127) {
        x = b[p++] as number;
        value |= x << 28;
        for (let bytes = 5; x > 127; bytes++) {
          if (bytes === 10) malformed("a varint is longer than 10 bytes");
          x = b[p++] as number;
        }
      }
    }
  }
  position = p;
  return value >>> 0;
}

/** Reads a varint's 64 bits into {@link low} and {@link high}; otherwise as {@link readVarint32}. */
export function readVarint64(b: Uint8Array, p: number): void {
  let lo = 0;
  let hi = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    const x = b[p++] as number;
    lo |= (x & 127) << shift;
    if (!(x > 127)) {
      low = lo;
      high = 0;
      position = p;
      return;
    }
  }
  let x = b[p++] as number;
  lo |= (x & 15) << 28;
  hi = (x & 127) >> 4;
  for (let shift = 3; x > 127; shift += 7) {
    if (shift > 31) malformed("a varint is longer than 10 bytes");
    x = b[p++] as number;
    hi |= (x & 127) << shift;
  }
  low = lo;
  high = hi;
  position = p;
}

/** Reads eight little-endian bytes into {@link low} and {@link high}. */
export function readFixed64(b: Uint8Array, p: number): void {
  low = readFixed32(b, p) | 0;
  high = readFixed32(b, p + 4) | 0;
  position = p + 8;
}

/** Four little-endian bytes as an unsigned integer. Does not move {@link position}. */
export function readFixed32(b: Uint8Array, p: number): number {
  return (
    ((b[p] as number) |
      ((b[p + 1] as number) << 8) |
      ((b[p + 2] as number) << 16) |
      ((b[p + 3] as number) << 24)) >>>
    0
  );
}

/** Reads the length of a length-delimited value and checks that so many bytes follow before `end`. */
export function readLength(b: Uint8Array, p: number, end: number): number {
  const x = b[p] as number;
  if (x < 128) {
    position = p + 1;
    if (x >= end - p) truncated();
    return x;
  }
  // A length of more than 32 bits must not pass for its low half.
  readVarint64(b, p);
  const length = low >>> 0;
  if (high !== 0 || length > end - position) truncated();
  return length;
}

/** Reads a tag before `end`: at most 32 bits in at most five bytes, with a field number from 1. */
export function readTag(b: Uint8Array, p: number, end: number): number {
  const x = b[p] as number;
  if (x < 128 && x > 7) {
    position = p + 1;
    return x;
  }
  return readLongTag(b, p, end);
}

function readLongTag(b: Uint8Array, p: number, end: number): number {
  const tag = readVarint32(b, p);
  const length = position - p;
  if (position > end) truncated();
  if (tag < 8 || length > 5 || (length === 5 && (b[p + 4] as number) > 15)) {
    malformed("a tag is invalid");
  }
  return tag;
}

/** The position after a varint that must end before `end`. */
export function skipVarint(b: Uint8Array, p: number, end: number): number {
  const start = p;
  while ((b[p++] as number) > 127)
    if (p - start === 10) malformed("a varint is longer than 10 bytes");
  if (p > end) truncated();
  return p;
}

/** Bytes that a varint of an unsigned 32-bit integer takes, 1 to 5. */
export function varintSize(value: number): number {
  return value < 128 ? 1 : value < 16384 ? 2 : value < 2097152 ? 3 : value < 268435456 ? 4 : 5;
}
