import { truncated } from "../../wire/malformed.ts";
import { skipValue } from "../../wire/skip-field.ts";
import { high, low, position, readTag, readVarint32, readVarint64 } from "../../wire/varint.ts";
import { high as secondsHigh, low as secondsLow, splitSafeInteger } from "../int64.ts";
import { bytes } from "../output-buffer.ts";
import { writeInt32, writeVarint64 } from "../to-wire/write-varint.ts";

/** The fields of Timestamp and Duration as the last {@link readSecondsAndNanos} found them. */
export let seconds = 0;
export let nanos = 0;

const secondsTag = 8;
const nanosTag = 16;

/** Reads a Timestamp or Duration: both are `int64 seconds = 1; int32 nanos = 2`. */
export function readSecondsAndNanos(b: Uint8Array, p: number, end: number, depth: number): void {
  seconds = 0;
  nanos = 0;
  while (p < end) {
    const tag = readTag(b, p, end);
    p = position;
    if (tag === secondsTag) {
      readVarint64(b, p);
      p = position;
      seconds = high * 4294967296 + (low >>> 0);
    } else if (tag === nanosTag) {
      nanos = readVarint32(b, p) | 0;
      p = position;
    } else {
      p = skipValue(b, p, end, tag, depth);
    }
  }
  if (p > end) truncated();
}

/** Writes both fields, leaving zeros away. */
export function writeSecondsAndNanos(p: number, sec: number, nano: number): number {
  if (sec !== 0) {
    bytes[p] = secondsTag;
    splitSafeInteger(sec);
    p = writeVarint64(p + 1, secondsLow, secondsHigh);
  }
  if (nano !== 0) {
    bytes[p] = nanosTag;
    p = writeInt32(p + 1, nano);
  }
  return p;
}

/** Writes `.` and 3, 6 or 9 digits of nanoseconds as text at `q`; nothing for 0. */
export function printFraction(q: number, nano: number): number {
  if (nano === 0) return q;
  let digits = 9;
  let rest = nano;
  if (rest % 1000000 === 0) {
    digits = 3;
    rest /= 1000000;
  } else if (rest % 1000 === 0) {
    digits = 6;
    rest /= 1000;
  }
  bytes[q] = 46;
  for (let i = q + digits; i > q; i--) {
    const tens = (rest / 10) | 0;
    bytes[i] = 48 + rest - tens * 10;
    rest = tens;
  }
  return q + 1 + digits;
}

/** The nanoseconds of `.` and 1 to 9 digits between `at` and `end`; -1 for anything else. */
export function fractionNanos(text: string, at: number, end: number): number {
  const digits = end - at - 1;
  if (text.charCodeAt(at) !== 46 || digits < 1 || digits > 9) return -1;
  let nano = 0;
  let unit = 100000000;
  for (let i = at + 1; i < end; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    nano += digit * unit;
    unit /= 10;
  }
  return nano;
}
