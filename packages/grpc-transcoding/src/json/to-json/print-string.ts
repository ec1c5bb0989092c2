import { malformed } from "../../wire/malformed.ts";
import { viewOf } from "../input-view.ts";
import { bytes, capacity, grow, room, view } from "../output-buffer.ts";

/** Below, setting up the eight-byte loop costs more than it saves. */
const shortLength = 8;

/** 1 for ASCII that JSON escapes as JSON.stringify does, 2 for bytes of multi-byte characters. */
const special: readonly number[] = Array.from({ length: 256 }, (_, c) =>
  c < 32 || c === 34 || c === 92 ? 1 : c > 127 ? 2 : 0,
);

/**
 * Prints the UTF-8 between `p` and `end` as a JSON string: byte to byte, escaped and checked in one
 * pass. Ill-formed UTF-8 throws if `validate`, and becomes U+FFFD otherwise. Leaves {@link room} bytes.
 */
export function printString(
  b: Buffer,
  p: number,
  end: number,
  q: number,
  validate: boolean,
): number {
  const length = end - p;
  if (q + length + 2 * room > capacity) grow(q, length + 2 * room);
  const out = bytes;
  out[q++] = 34;
  if (length >= shortLength) {
    const copied = copyPlain(b, p, end, q);
    q += copied;
    p += copied;
  }
  while (p < end) {
    const c = b[p] as number;
    if (special[c] !== 0) return printSpecial(b, p, end, q, validate);
    out[q++] = c;
    p++;
  }
  out[q] = 34;
  return q + 1;
}

/** Copies ASCII that needs no escape, eight bytes at a time, at least eight; returns how much there was. */
function copyPlain(b: Uint8Array, p: number, end: number, q: number): number {
  const from = viewOf(b);
  const to = view;
  const shift = q - p;
  const last = end - 8;
  const start = p;
  while (p <= last) {
    const four = from.getInt32(p, true);
    const next = from.getInt32(p + 4, true);
    if (((flags(four) | flags(next)) & 0x80808080) !== 0) return p - start;
    to.setInt32(p + shift, four, true);
    to.setInt32(p + shift + 4, next, true);
    p += 8;
  }
  // What is left, together with bytes that have been copied.
  const four = from.getInt32(end - 8, true);
  const next = from.getInt32(end - 4, true);
  if (((flags(four) | flags(next)) & 0x80808080) !== 0) return p - start;
  to.setInt32(end + shift - 8, four, true);
  to.setInt32(end + shift - 4, next, true);
  return end - start;
}

/**
 * The sign bit of a byte is set where it was set, or the byte is < 0x20, 0x22 or 0x5C (or, by a
 * borrow, follows one that is).
 */
function flags(four: number): number {
  return (
    four |
    (four - 0x20202020) |
    ((four ^ 0x22222222) - 0x01010101) |
    ((four ^ 0x5c5c5c5c) - 0x01010101)
  );
}

/** Goes on from the first byte that is not copied as it is. */
function printSpecial(b: Buffer, p: number, end: number, q: number, validate: boolean): number {
  let out = bytes;
  let to = view;
  // Each byte left takes one byte, the one at hand up to six.
  let limit = capacity - room;
  const from = viewOf(b);
  const last = end - 4;
  while (p < end) {
    const c = b[p] as number;
    if (c > 127) {
      // Three-byte characters, as most scripts of Asia have, in one step.
      if (p <= last && c !== 0xe0 && c !== 0xed) {
        const four = from.getInt32(p, true);
        if ((four & 0xc0c0f0) === 0x8080e0) {
          to.setInt32(q, four, true);
          p += 3;
          q += 3;
          continue;
        }
      }
      const size = sequenceLength(b, p, end, c);
      if (size === 0) {
        if (validate) malformed("a string is not valid UTF-8");
        const repaired = Buffer.from(b.toString("utf8", p, end));
        if (q + repaired.length > limit) grow(q, repaired.length + room);
        return printSpecial(repaired, 0, repaired.length, q, true);
      }
      for (let i = 0; i < size; i++) out[q++] = b[p++] as number;
      continue;
    }
    p++;
    if (special[c] === 0) {
      out[q++] = c;
      continue;
    }
    if (q + end - p > limit) {
      grow(q, end - p + room);
      out = bytes;
      to = view;
      limit = capacity - room;
    }
    q = printEscape(out, q, c);
  }
  out[q] = 34;
  return q + 1;
}

/** The length of the well-formed sequence at `p` (Unicode, table 3-7) with the lead byte `c`; 0 for none. */
function sequenceLength(b: Uint8Array, p: number, end: number, c: number): number {
  if (c < 0xc2) return 0;
  const second = b[p + 1] as number;
  if (c < 0xe0) return p + 2 <= end && (second & 0xc0) === 0x80 ? 2 : 0;
  if ((second & 0xc0) !== 0x80 || ((b[p + 2] as number) & 0xc0) !== 0x80) return 0;
  if (c < 0xf0) {
    const overlong = c === 0xe0 && second < 0xa0;
    const surrogate = c === 0xed && second > 0x9f;
    return p + 3 <= end && !overlong && !surrogate ? 3 : 0;
  }
  const overlong = c === 0xf0 && second < 0x90;
  const beyond = c > 0xf4 || (c === 0xf4 && second > 0x8f);
  const complete = p + 4 <= end && ((b[p + 3] as number) & 0xc0) === 0x80;
  return complete && !overlong && !beyond ? 4 : 0;
}

const hex = Buffer.from("0123456789abcdef");

/** The letters of `\b \t \n \f \r`; 0 where JSON has only `\u00XX`. */
const letters = new Uint8Array(128);
for (const [c, letter] of Object.entries({ 8: "b", 9: "t", 10: "n", 12: "f", 13: "r" })) {
  letters[Number(c)] = letter.charCodeAt(0);
}
letters[34] = 34;
letters[92] = 92;

function printEscape(out: Uint8Array, q: number, c: number): number {
  out[q] = 92;
  const letter = letters[c] as number;
  if (letter !== 0) {
    out[q + 1] = letter;
    return q + 2;
  }
  out[q + 1] = 117;
  out[q + 2] = 48;
  out[q + 3] = 48;
  out[q + 4] = hex[c >> 4] as number;
  out[q + 5] = hex[c & 15] as number;
  return q + 6;
}
