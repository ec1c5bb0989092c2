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

const dash = 45;
const colon = 58;

/** Two decimal digits, or a negative number for anything else. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -10000 : tens * 10 + ones;
}

/** Writes a Timestamp from RFC 3339 text with up to 9 fraction digits, `T` and `Z` in upper case. */
export function writeTimestamp(p: number, value: unknown): number {
  if (typeof value !== "string" || value.length < 20) unexpected("RFC 3339 timestamp", value);
  const year = twoDigits(value, 0) * 100 + twoDigits(value, 2);
  const month = twoDigits(value, 5);
  const day = twoDigits(value, 8);
  const hour = twoDigits(value, 11);
  const minute = twoDigits(value, 14);
  const second = twoDigits(value, 17);
  if (
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
    value.charCodeAt(4) !== dash ||
    value.charCodeAt(7) !== dash ||
    value.charCodeAt(10) !== 84 ||
    value.charCodeAt(13) !== colon ||
    value.charCodeAt(16) !== colon
  ) {
    unexpected("RFC 3339 timestamp", value);
  }
  const local = daysOf(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
  if (value.length === 20 && value.charCodeAt(19) === 90) return writeSecondsAndNanos(p, local, 0);
  return writeWithSuffix(p, value, local);
}

const suffix = /^(\.\d{1,9})?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

function writeWithSuffix(p: number, text: string, local: number): number {
  const end = text.length - 1;
  if (text.charCodeAt(end) === 90) {
    const nano = fractionNanos(text, 19, end);
    if (nano >= 0) return writeSecondsAndNanos(p, local, nano);
  }
  const match = suffix.exec(text.slice(19));
  if (match === null) unexpected("RFC 3339 timestamp", text);
  const [, fraction = "", sign, hours, minutes] = match;
  const offset = sign === undefined ? 0 : Number(hours) * 3600 + Number(minutes) * 60;
  const utc = sign === "-" ? local + offset : local - offset;
  if (utc < minSeconds || utc > maxSeconds) {
    unexpected("timestamp of the years 0001 to 9999 (UTC)", text);
  }
  const nano = fraction === "" ? 0 : fractionNanos(fraction, 0, fraction.length);
  return writeSecondsAndNanos(p, utc, nano);
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
