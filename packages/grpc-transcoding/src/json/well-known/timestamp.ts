import { unprintable } from "../../wire/malformed.ts";
import { dateOf, daysInMonth, daysOf } from "../civil-date.ts";
import { bytes } from "../output-buffer.ts";
import { unexpected } from "../to-wire/unexpected-value.ts";
import {
  fractionNanos,
  nanos,
  printFraction,
  readSecondsAndNanos,
  seconds,
  writeSecondsAndNanos,
} from "./seconds-and-nanos.ts";

/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z: the range of google/protobuf/timestamp.proto. */
const minSeconds = -62135596800;
const maxSeconds = 253402300799;

export const timestampForm = "RFC 3339 timestamp";

const dash = 45;
const colon = 58;

/** Two decimal digits, or a negative number for anything else. */
function twoDigits(b: Uint8Array, at: number): number {
  const tens = (b[at] as number) - 48;
  const ones = (b[at + 1] as number) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -10000;
}

/**
 * Writes a Timestamp from RFC 3339 text with up to 9 fraction digits, `T` and `Z` in upper case, which is what stands
 * from `at` to `end`.
 */
export function writeTimestamp(q: number, b: Buffer, at: number, end: number): number {
  const year = twoDigits(b, at) * 100 + twoDigits(b, at + 2);
  const month = twoDigits(b, at + 5);
  const day = twoDigits(b, at + 8);
  const hour = twoDigits(b, at + 11);
  const minute = twoDigits(b, at + 14);
  const second = twoDigits(b, at + 17);
  if (
    end - at < 20 ||
    year < 1 ||
    month < 1 ||
    month > 12 ||
    day < 1 ||
    (day > 28 && day > daysInMonth(year, month)) ||
    hour < 0 ||
    hour > 23 ||
    minute < 0 ||
    minute > 59 ||
    second < 0 ||
    second > 59 ||
    b[at + 4] !== dash ||
    b[at + 7] !== dash ||
    b[at + 10] !== 84 ||
    b[at + 13] !== colon ||
    b[at + 16] !== colon
  ) {
    unexpected(timestampForm, b.toString("utf8", at, end));
  }
  const local = daysOf(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
  if (b[end - 1] === 90) {
    const nano = end - at === 20 ? 0 : fractionNanos(b, at + 19, end - 1);
    if (nano >= 0) return writeSecondsAndNanos(q, local, nano);
  }
  return writeWithOffset(q, b.toString("utf8", at, end), local);
}

const suffix = /^(\.\d{1,9})?([+-])([01]\d|2[0-3]):([0-5]\d)$/;

function writeWithOffset(q: number, text: string, local: number): number {
  const match = suffix.exec(text.slice(19));
  if (match === null) unexpected(timestampForm, text);
  const [, fraction = "", sign, hours, minutes] = match;
  const offset = Number(hours) * 3600 + Number(minutes) * 60;
  const utc = sign === "-" ? local + offset : local - offset;
  if (utc < minSeconds || utc > maxSeconds) {
    unexpected("timestamp of the years 0001 to 9999 (UTC)", text);
  }
  const digits = Buffer.from(fraction);
  return writeSecondsAndNanos(
    q,
    utc,
    fraction === "" ? 0 : fractionNanos(digits, 0, digits.length),
  );
}

function printTwo(q: number, value: number): number {
  const tens = (value * 205) >>> 11; // value / 10 for 0 to 99
  bytes[q] = 48 + tens;
  bytes[q + 1] = 48 + value - tens * 10;
  return q + 2;
}

/** Prints a Timestamp's payload as RFC 3339 in UTC with 0, 3, 6 or 9 fraction digits. */
export function printTimestamp(
  b: Uint8Array,
  p: number,
  end: number,
  q: number,
  depth: number,
): number {
  readSecondsAndNanos(b, p, end, depth);
  if (seconds < minSeconds || seconds > maxSeconds || nanos < 0 || nanos > 999999999) {
    unprintable("a google.protobuf.Timestamp is out of range");
  }
  const days = Math.floor(seconds / 86400);
  const secondOfDay = seconds - days * 86400;
  const { year, month, day } = dateOf(days);
  const century = (year / 100) | 0;
  const hour = (secondOfDay / 3600) | 0;
  const minute = ((secondOfDay - hour * 3600) / 60) | 0;
  bytes[q] = 34;
  q = printTwo(printTwo(q + 1, century), year - century * 100);
  bytes[q] = dash;
  q = printTwo(q + 1, month);
  bytes[q] = dash;
  q = printTwo(q + 1, day);
  bytes[q] = 84;
  q = printTwo(q + 1, hour);
  bytes[q] = colon;
  q = printTwo(q + 1, minute);
  bytes[q] = colon;
  q = printFraction(printTwo(q + 1, secondOfDay - hour * 3600 - minute * 60), nanos);
  bytes[q] = 90;
  bytes[q + 1] = 34;
  return q + 2;
}
