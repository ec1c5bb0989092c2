import { bytes, capacity, grow, room } from "../output-buffer.ts";

/** From here on the detour over a string in native code is faster. */
const longLength = 120;

const alphabet = Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
const padding = 61;

/** Prints the bytes between `p` and `end` as a string of padded standard base64. Leaves `room` bytes. */
export function printBase64(b: Buffer, p: number, end: number, q: number): number {
  const needed = Math.ceil((end - p) / 3) * 4 + 2 * room;
  if (q + needed > capacity) grow(q, needed);
  bytes[q] = 34;
  const close =
    end - p < longLength
      ? encode(b, p, end, q + 1)
      : q + 1 + bytes.write(b.toString("base64", p, end), q + 1, "latin1");
  bytes[close] = 34;
  return close + 1;
}

function encode(b: Buffer, p: number, end: number, q: number): number {
  const out = bytes;
  for (; p < end; p += 3) {
    const first = b[p] as number;
    const second = p + 1 < end ? (b[p + 1] as number) : 0;
    const third = p + 2 < end ? (b[p + 2] as number) : 0;
    const bits = (first << 16) | (second << 8) | third;
    out[q] = alphabet[bits >> 18] as number;
    out[q + 1] = alphabet[(bits >> 12) & 63] as number;
    out[q + 2] = alphabet[(bits >> 6) & 63] as number;
    out[q + 3] = alphabet[bits & 63] as number;
    q += 4;
  }
  if (p > end) out[q - 1] = padding;
  if (p - end === 2) out[q - 2] = padding;
  return q;
}
