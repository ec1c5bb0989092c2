/** The halves of the last integer given to a function of this module, as signed 32-bit integers. */
export let low = 0;
export let high = 0;

const two32 = 4294967296;

/** Splits an integer of at most 2^53 in magnitude, in two's complement. */
export function splitSafeInteger(value: number): void {
  low = value | 0;
  // Fits 32 bits already: the usual case, and without a division.
  high = value === low ? low >> 31 : Math.floor(value / two32) | 0;
}

/**
 * Splits a decimal integer (`-?` and 1 to 20 digits, checked by the caller). Returns false when it
 * is outside int64 (`signed`) or uint64.
 */
export function splitDecimal(text: string, signed: boolean): boolean {
  const length = text.length;
  if (length <= 15) {
    const value = +text;
    if (value < 0 && !signed) return false;
    splitSafeInteger(value);
    return true;
  }
  const negative = text.charCodeAt(0) === 45;
  if (negative && !signed) return false;
  // text = upper * 10^9 + lower, and upper (below 10^11) in 16-bit steps, so that all products are exact.
  const upper = +text.slice(negative ? 1 : 0, length - 9);
  const lower = +text.slice(length - 9);
  const upperLow = upper % 65536;
  const shifted = ((upper - upperLow) / 65536) * 1e9; // counts 2^16
  const small = upperLow * 1e9 + lower;
  const sum = (small % two32) + (shifted % 65536) * 65536;
  const lo = sum % two32;
  const hi = Math.floor(small / two32) + Math.floor(shifted / 65536) + Math.floor(sum / two32);
  if (negative) {
    if (hi > 0x80000000 || (hi === 0x80000000 && lo !== 0)) return false;
    low = -lo | 0;
    high = (low === 0 ? -hi : ~hi) | 0;
    return true;
  }
  if (hi > (signed ? 0x7fffffff : 0xffffffff)) return false;
  low = lo | 0;
  high = hi | 0;
  return true;
}

/** The decimal text of a 64-bit integer given in halves. */
export function formatInt64(lo: number, hi: number, signed: boolean): string {
  let upper = hi >>> 0;
  let lower = lo >>> 0;
  const negative = signed && hi < 0;
  if (negative) {
    lower = -lower >>> 0;
    upper = (lower === 0 ? -upper : ~upper) >>> 0;
  }
  const sign = negative ? "-" : "";
  if (upper < 0x200000) return sign + (upper * two32 + lower);
  // Long division by 10^9 in base 2^16.
  let rest = upper;
  let quotient = Math.floor(rest / 1e9);
  rest = (rest - quotient * 1e9) * 65536 + (lower >>> 16);
  let digit = Math.floor(rest / 1e9);
  quotient = quotient * 65536 + digit;
  rest = (rest - digit * 1e9) * 65536 + (lower & 65535);
  digit = Math.floor(rest / 1e9);
  quotient = quotient * 65536 + digit;
  rest -= digit * 1e9;
  return sign + quotient + String(rest).padStart(9, "0");
}
