/// <reference lib="es2024.string" />
import { varintSize } from "../../wire/varint.ts";
import { bytes, capacity, grow, room } from "../output-buffer.ts";
import { unexpected } from "./unexpected-value.ts";
import { writeVarint32 } from "./write-varint.ts";

/** Below, encoding in JavaScript beats the call into native code; the length's varint is one byte. */
const shortLength = 40;

/** Writes a string's UTF-8 with its length in front. Leaves {@link room} bytes. Rejects lone surrogates. */
export function writeString(p: number, value: unknown): number {
  if (typeof value !== "string") unexpected("string", value);
  const length = value.length;
  if (p + length * 3 + 2 * room > capacity) grow(p, length * 3 + 2 * room);
  if (length >= shortLength) return writeLongString(p, value, length);
  const out = bytes;
  let q = p + 1;
  for (let i = 0; i < length; i++) {
    const c = value.charCodeAt(i);
    if (c > 127) return writeShortUnicode(p, q, value, i);
    out[q++] = c;
  }
  out[p] = length;
  return q;
}

/** Goes on at index `i` and position `q` with a short string that starts at `p` and is not ASCII. */
function writeShortUnicode(p: number, q: number, value: string, i: number): number {
  const out = bytes;
  for (; i < value.length; i++) {
    const c = value.charCodeAt(i);
    if (c < 0x80) {
      out[q++] = c;
    } else if (c < 0x800) {
      out[q] = (c >> 6) | 0xc0;
      out[q + 1] = (c & 63) | 0x80;
      q += 2;
    } else if (c < 0xd800 || c > 0xdfff) {
      out[q] = (c >> 12) | 0xe0;
      out[q + 1] = ((c >> 6) & 63) | 0x80;
      out[q + 2] = (c & 63) | 0x80;
      q += 3;
    } else {
      const low = value.charCodeAt(++i);
      if (c > 0xdbff || !(low >= 0xdc00 && low <= 0xdfff)) unexpected(wellFormed, value);
      const point = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
      out[q] = (point >> 18) | 0xf0;
      out[q + 1] = ((point >> 12) & 63) | 0x80;
      out[q + 2] = ((point >> 6) & 63) | 0x80;
      out[q + 3] = (point & 63) | 0x80;
      q += 4;
    }
  }
  out[p] = q - p - 1;
  return q;
}

const wellFormed = "well-formed Unicode (no lone surrogates)";

function writeLongString(p: number, value: string, length: number): number {
  const reserved = varintSize(length);
  const written = bytes.write(value, p + reserved);
  // Only other than ASCII can be ill-formed; Node writes U+FFFD for a lone surrogate.
  if (written !== length && !value.isWellFormed()) {
    unexpected(wellFormed, value);
  }
  const needed = varintSize(written);
  if (needed !== reserved) {
    bytes.copyWithin(p + needed, p + reserved, p + reserved + written);
  }
  writeVarint32(p, written);
  return p + needed + written;
}

/** The values of both base64 alphabets; 64 for other characters below 128. */
const sextets = new Uint8Array(128).fill(64);
for (const alphabet of ["+/", "-_"]) {
  const letters = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789${alphabet}`;
  for (const [i, letter] of [...letters].entries()) sextets[letter.charCodeAt(0)] = i;
}

/** Writes the bytes of base64 (standard or URL-safe alphabet, padded or not) with their length in front. */
export function writeBase64(p: number, value: unknown): number {
  if (typeof value !== "string") unexpected("base64", value);
  let length = value.length;
  if (p + length + 2 * room > capacity) grow(p, length + 2 * room);
  if (length > 0 && value.charCodeAt(length - 1) === 61) length--;
  if (length > 0 && value.charCodeAt(length - 1) === 61) length--;
  const padded = length !== value.length;
  if ((length & 3) === 1 || (padded && (value.length & 3) !== 0)) unexpected("base64", value);
  return length <= shortLength
    ? writeShortBase64(p, value, length)
    : writeLongBase64(p, value, length);
}

function writeShortBase64(p: number, value: string, length: number): number {
  const out = bytes;
  let q = p + 1;
  let bits = 0;
  for (let i = 0; i < length; i++) {
    const sextet = sextets[value.charCodeAt(i)];
    if (sextet === undefined || sextet === 64) unexpected("base64", value);
    bits = (bits << 6) | sextet;
    switch (i & 3) {
      case 1:
        out[q++] = bits >> 4;
        break;
      case 2:
        out[q++] = bits >> 2;
        break;
      case 3:
        out[q++] = bits;
    }
  }
  out[p] = q - p - 1;
  return q;
}

function writeLongBase64(p: number, value: string, length: number): number {
  const expected = (length * 3) >> 2;
  const size = varintSize(expected);
  const written = bytes.write(value, p + size, "base64");
  // Node skips what is no base64, so that fewer bytes come out. It looks at the low byte of a character only.
  if (written !== expected || Buffer.byteLength(value) !== value.length) {
    unexpected("base64", value);
  }
  writeVarint32(p, expected);
  return p + size + expected;
}
