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

export const durationForm = 'duration such as "1.5s"';

/**
 * Writes a Duration from decimal seconds with up to 9 fraction digits and the suffix `s`, which is what stands from
 * `start` to `end`.
 */
export function writeDuration(q: number, b: Buffer, start: number, end: number): number {
  const negative = b[start] === 45;
  const digits = negative ? start + 1 : start;
  const suffix = end - 1;
  let sec = 0;
  let at = digits;
  for (; at < suffix; at++) {
    const digit = (b[at] as number) - 48;
    if (digit < 0 || digit > 9) break;
    sec = sec * 10 + digit;
  }
  const nano = at === suffix ? 0 : fractionNanos(b, at, suffix);
  if (b[suffix] !== 115 || at === digits || nano < 0) {
    unexpected(durationForm, b.toString("utf8", start, end));
  }
  if (sec > maxSeconds) {
    unexpected(`duration within ±${maxSeconds}s`, b.toString("utf8", start, end));
  }
  return negative ? writeSecondsAndNanos(q, -sec, -nano) : writeSecondsAndNanos(q, sec, nano);
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
