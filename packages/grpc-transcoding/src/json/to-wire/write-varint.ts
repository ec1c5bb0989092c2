import { varintSize } from "../../wire/varint.ts";
import { bytes, capacity, grow } from "../output-buffer.ts";

/** Writes an unsigned 32-bit integer. */
export function writeVarint32(p: number, value: number): number {
  while (value > 127) {
    bytes[p++] = (value & 127) | 128;
    value >>>= 7;
  }
  bytes[p] = value;
  return p + 1;
}

/** Writes a 64-bit integer given in halves. */
export function writeVarint64(p: number, low: number, high: number): number {
  let lo = low >>> 0;
  let hi = high >>> 0;
  while (hi !== 0) {
    bytes[p++] = (lo & 127) | 128;
    lo = ((lo >>> 7) | (hi << 25)) >>> 0;
    hi >>>= 7;
  }
  return writeVarint32(p, lo);
}

/** Writes a signed 32-bit integer as protobuf does: negative ones sign-extended to ten bytes. */
export function writeInt32(p: number, value: number): number {
  return value >= 0 ? writeVarint32(p, value) : writeVarint64(p, value, -1);
}

/** Writes four little-endian bytes. */
export function writeFixed32(p: number, value: number): number {
  bytes[p] = value;
  bytes[p + 1] = value >>> 8;
  bytes[p + 2] = value >>> 16;
  bytes[p + 3] = value >>> 24;
  return p + 4;
}

/**
 * Puts the length in front of content that ends at `end` and starts behind the `reserved` bytes at
 * `start`; moves the content when the length takes another number of bytes. Returns the new end.
 */
export function closeLength(start: number, reserved: number, end: number): number {
  const length = end - start - reserved;
  const needed = varintSize(length);
  if (needed !== reserved) {
    if (end + 8 > capacity) grow(end, 8);
    bytes.copyWithin(start + needed, start + reserved, end);
  }
  writeVarint32(start, length);
  return start + needed + length;
}
