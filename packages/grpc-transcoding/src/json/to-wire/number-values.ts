import { Split, splitDecimal, splitSafeInteger } from "../int64.ts";
import { unexpected } from "./unexpected-value.ts";

/** The number grammar of RFC 8259, which quoted numbers and those of paths and queries follow as well. */
export const jsonNumber: RegExp = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A number, or the text of one; undefined for anything else. Integers beyond 2^53 come as bigint. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "string" && jsonNumber.test(value)) return Number(value);
  if (typeof value === "bigint") return Number(value);
  return undefined;
}

/** A signed 32-bit integer: `1`, `"1"`, `1.0`, `"1e2"`. */
export function toInt32(value: unknown): number {
  if (typeof value === "number" && (value | 0) === value) return value;
  const number = numberOf(value);
  if (number === undefined || (number | 0) !== number) unexpected("int32", value);
  return number;
}

/** An unsigned 32-bit integer, in the same forms. */
export function toUint32(value: unknown): number {
  if (typeof value === "number" && value >>> 0 === value) return value;
  const number = numberOf(value);
  if (number === undefined || number >>> 0 !== number) unexpected("uint32", value);
  return number;
}

/** Splits a 64-bit integer into the halves of json/int64.ts: `"1"`, `1`, `"1e2"`, a bigint. */
export function splitInt64(value: unknown, signed: boolean): void {
  if (typeof value === "string") {
    let split = splitDecimal(value, signed);
    if (split === Split.NO_DECIMAL) split = splitDecimal(expandExponent(value), signed);
    if (split === Split.DONE) return;
  } else if (typeof value === "number" && Number.isSafeInteger(value) && (signed || value >= 0)) {
    splitSafeInteger(value);
    return;
  } else if (typeof value === "bigint" || Number.isInteger(value)) {
    const text = BigInt(value as bigint | number).toString();
    if (splitDecimal(text, signed) === Split.DONE) return;
  }
  unexpected(signed ? "int64" : "uint64", value);
}

/** `"1.50e1"` as `"15"`, exactly; an empty text for no number, a fraction or more than 20 digits. */
function expandExponent(text: string): string {
  if (!jsonNumber.test(text)) return "";
  const [mantissa, exponentText = "0"] = text.split(/[eE]/) as [string, string?];
  const negative = mantissa.startsWith("-");
  const [integer, fraction = ""] = mantissa.slice(negative ? 1 : 0).split(".") as [string, string?];
  const digits = (integer + fraction).replace(/^0+/, "");
  if (digits === "") return "0";
  const significant = digits.replace(/0+$/, "");
  const zeros = Number(exponentText) - fraction.length + digits.length - significant.length;
  if (zeros < 0 || significant.length + zeros > 20) return "";
  return (negative ? "-" : "") + significant + "0".repeat(zeros);
}

/** A double: a finite number, its text, or `"NaN"`, `"Infinity"`, `"-Infinity"`. */
export function toDouble(value: unknown): number {
  const number = numberOf(value);
  if (number !== undefined && Number.isFinite(number)) return number;
  if (value === "NaN") return Number.NaN;
  if (value === "Infinity") return Number.POSITIVE_INFINITY;
  if (value === "-Infinity") return Number.NEGATIVE_INFINITY;
  unexpected("double", value);
}

/** The least magnitude that rounds to infinity as a float: FLT_MAX plus half a unit in its last place. */
const floatOverflow = 3.4028235677973366e38;

/** A float, in the forms of {@link toDouble}; what would round to infinity is rejected. */
export function toFloat(value: unknown): number {
  const number = toDouble(value);
  if (Number.isFinite(number) && Math.abs(number) >= floatOverflow) unexpected("float", value);
  return number;
}
