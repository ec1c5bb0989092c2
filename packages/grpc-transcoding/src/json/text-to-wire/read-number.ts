import { endAt } from "./text-position.ts";

const minus = 45;
const point = 46;
const zero = 48;

/** What {@link readInteger} and {@link readDecimal} return for what they leave to others: an odd form, or too many digits. */
const noNumber: number = Number.NaN;

/** So many digits are below 2^53. */
const exactDigits = 15;

/**
 * The integer at `p` of the text: `-?` and up to 15 digits without leading zeros, quoted or not.
 * {@link noNumber} for anything else.
 */
export function readInteger(b: Uint8Array, p: number): number {
  let c = b[p] as number;
  const quoted = c === 34;
  if (quoted) c = b[++p] as number;
  const negative = c === minus;
  if (negative) c = b[++p] as number;
  const start = p;
  let value = c - zero;
  if (!(value >= 0 && value <= 9)) return noNumber;
  let digit = (b[++p] as number) - zero;
  while (digit >= 0 && digit <= 9) {
    value = value * 10 + digit;
    digit = (b[++p] as number) - zero;
  }
  const digits = p - start;
  if (digits > exactDigits || (digits > 1 && c === zero)) return noNumber;
  c = b[p] as number;
  if (quoted) {
    if (c !== 34) return noNumber;
    p++;
  } else if (c === point || c === 101 || c === 69) {
    return noNumber;
  }
  endAt(p);
  return negative ? -value : value;
}

/** Powers of ten that a double holds exactly. */
const powers: readonly number[] = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/**
 * The number at `p` of the text; {@link noNumber} for exponents, quotes, and more digits than a
 * double prints with.
 */
export function readDecimal(b: Uint8Array, p: number): number {
  const negative = b[p] === minus;
  if (negative) p++;
  let digit = (b[p] as number) - zero;
  if (digit === 0 && (b[p + 1] as number) >= zero) return noNumber;
  let value = 0;
  // What is behind the 15th significant digit: `rest`, of `restDigits` digits.
  let rest = 0;
  let restDigits = 0;
  const start = p;
  while (digit >= 0 && digit <= 9) {
    value = value * 10 + digit;
    digit = (b[++p] as number) - zero;
  }
  if (p === start || p - start > exactDigits) return noNumber;
  let fraction = 0;
  if (b[p] === point) {
    const behind = ++p;
    digit = (b[p] as number) - zero;
    while (digit >= 0 && digit <= 9) {
      if (value < 1e14) {
        value = value * 10 + digit;
      } else {
        rest = rest * 10 + digit;
        restDigits++;
      }
      digit = (b[++p] as number) - zero;
    }
    fraction = p - behind;
    if (fraction === 0 || fraction > 22 || restDigits > 3) return noNumber;
  }
  const c = b[p] as number;
  if (c === 101 || c === 69) return noNumber;
  const end = p;
  // Both numbers are exact, so that their quotient is the nearest double.
  const divisor = powers[fraction - restDigits] as number;
  let number = fraction === 0 ? value : value / divisor;
  if (restDigits > 0) number = refined(value, divisor, number, rest, powers[restDigits] as number);
  endAt(end);
  return negative ? -number : number;
}

/** 2^27 + 1: multiplied with it, a double falls into halves of 26 bits (Veltkamp). */
const splitter = 134217729;

/**
 * (value + 0) / divisor, where `quotient` is the double nearest to value / divisor. NaN
 * when two doubles are about equally near.
 */
function refined(
  value: number,
  divisor: number,
  quotient: number,
  rest: number,
  scale: number,
): number {
  // The product quotient * divisor and its rounding error (Dekker), hence the exact remainder.
  const product = quotient * divisor;
  let t = splitter * quotient;
  const quotientHigh = t - (t - quotient);
  const quotientLow = quotient - quotientHigh;
  t = splitter * divisor;
  const divisorHigh = t - (t - divisor);
  const divisorLow = divisor - divisorHigh;
  const error =
    quotientLow * divisorLow -
    (product - quotientHigh * divisorHigh - quotientLow * divisorHigh - quotientHigh * divisorLow);
  const correction = (value - product - error + rest / scale) / divisor;
  const sum = quotient + correction;
  // What rounding the sum has lost (Knuth's two-sum, |quotient| > |correction|).
  const lost = correction - (sum - quotient);
  // The correction is good to 2^-50: more than half way to the next double, or nearly so, is no answer.
  return sum + lost * 1.0000001 === sum ? sum : noNumber;
}
