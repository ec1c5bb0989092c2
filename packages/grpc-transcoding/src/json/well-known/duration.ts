import { unprintable } from "../../wire/malformed.ts";
import { bytes } from "../output-buffer.ts";
import { printAscii } from "../to-json/print-number.ts";
import { unexpected } from "../to-wire/unexpected-value.ts";
import {
  fractionNanos,
  nanos,
  printFraction,
  readSecondsAndNanos,
  seconds,
  writeSecondsAndNanos,
} from "./seconds-and-nanos.ts";

/** Ten thousand years, the range of google/protobuf/duration.proto. */
const maxSeconds = 315576000000;

const expectation = 'duration such as "1.5s"';

/** Writes a Duration from decimal seconds with up to 9 fraction digits and the suffix `s`. */
export function writeDuration(p: number, value: unknown): number {
  if (typeof value !== "string") unexpected(expectation, value);
  const end = value.length - 1;
  const negative = value.charCodeAt(0) === 45;
  const start = negative ? 1 : 0;
  let sec = 0;
  let at = start;
  for (; at < end; at++) {
    const digit = value.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) break;
    sec = sec * 10 + digit;
  }
  const nano = at === end ? 0 : fractionNanos(value, at, end);
  if (value.charCodeAt(end) !== 115 || at === start || nano < 0) unexpected(expectation, value);
  if (sec > maxSeconds) unexpected(`duration within ±${maxSeconds}s`, value);
  return negative ? writeSecondsAndNanos(p, -sec, -nano) : writeSecondsAndNanos(p, sec, nano);
}

/** Prints a Duration's payload as seconds with 0, 3, 6 or 9 fraction digits and `s`. */
export function printDuration(
  b: Uint8Array,
  p: number,
  end: number,
  q: number,
  depth: number,
): number {
  readSecondsAndNanos(b, p, end, depth);
  const sec = Math.abs(seconds);
  const nano = Math.abs(nanos);
  if (
    sec > maxSeconds ||
    nano > 999999999 ||
    (seconds > 0 && nanos < 0) ||
    (seconds < 0 && nanos > 0)
  ) {
    unprintable("a google.protobuf.Duration is out of range, or its signs differ");
  }
  bytes[q++] = 34;
  if (seconds < 0 || nanos < 0) bytes[q++] = 45;
  q = printFraction(printAscii(q, String(sec)), nano);
  bytes[q] = 115;
  bytes[q + 1] = 34;
  return q + 2;
}
