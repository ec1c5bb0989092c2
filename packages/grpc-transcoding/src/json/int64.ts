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

/** What {@link splitDecimal} says of a text. */
export const Split = { DONE: 0, OUT_OF_RANGE: 1, NO_DECIMAL: 2 } as const;

/**
 * Splits a decimal integer (`0`, or `-?` and up to 20 digits without leading zeros). Out of range is
 * what int64 (`signed`) or uint64 does not hold; more digits are no decimal to this function.
 */
export function splitDecimal(text: string, signed: boolean): (typeof Split)[keyof typeof Split] {
  const length = text.length;
  const negative = text.charCodeAt(0) === 45;
  const start = negative ? 1 : 0;
  const digits = length - start;
  if (digits < 1 || digits > 20 || (digits > 1 && text.charCodeAt(start) === 48)) {
    return Split.NO_DECIMAL;
  }
  // text = upper * 10^9 + lower, upper below 10^11.
  const middle = Math.max(start, length - 9);
  const upper = decimal(text, start, middle);
  const lower = decimal(text, middle, length);
  if (upper < 0 || lower < 0) return Split.NO_DECIMAL;
  if (negative && !signed && (upper !== 0 || lower !== 0)) return Split.OUT_OF_RANGE;
  if (upper < 1e6) {
    const value = upper * 1e9 + lower;
    splitSafeInteger(negative ? -value : value);
    return Split.DONE;
  }
  // Upper in 16-bit steps, so that all products are exact.
  const upperLow = upper % 65536;
  const shifted = ((upper - upperLow) / 65536) * 1e9; // counts 2^16
  const small = upperLow * 1e9 + lower;
  const sum = (small % two32) + (shifted % 65536) * 65536;
  const lo = sum % two32;
  const hi = Math.floor(small / two32) + Math.floor(shifted / 65536) + Math.floor(sum / two32);
  if (negative) {
    if (hi > 0x80000000 || (hi === 0x80000000 && lo !== 0)) return Split.OUT_OF_RANGE;
    low = -lo | 0;
    high = (low === 0 ? -hi : ~hi) | 0;
    return Split.DONE;
  }
  if (hi > (signed ? 0x7fffffff : 0xffffffff)) return Split.OUT_OF_RANGE;
  low = lo | 0;
  high = hi | 0;
  return Split.DONE;
}

/** The value of up to 11 digits; negative if one is none. */
function decimal(text: string, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Digits of the last {@link splitThousandMillions}, most significant first, each below 10^9. */
export let top = 0;
export let middle = 0;
export let bottom = 0;

/** Splits an unsigned 64-bit integer given in halves into digits of base 10^9. */
export function splitThousandMillions(lo: number, hi: number): void {
  const upper = hi >>> 0;
  const lower = lo >>> 0;
  let quotient: number;
  if (upper < 0x200000) {
    const value = upper * two32 + lower;
    quotient = Math.floor(value / 1e9);
    bottom = (value - quotient * 1e9) | 0;
  } else {
    // Long division by 10^9 in base 2^16.
    quotient = Math.floor(upper / 1e9);
    let rest = (upper - quotient * 1e9) * 65536 + (lower >>> 16);
    let digit = Math.floor(rest / 1e9);
    quotient = quotient * 65536 + digit;
    rest = (rest - digit * 1e9) * 65536 + (lower & 65535);
    digit = Math.floor(rest / 1e9);
    quotient = quotient * 65536 + digit;
    bottom = (rest - digit * 1e9) | 0;
  }
  top = (quotient / 1e9) | 0;
  middle = (quotient - top * 1e9) | 0;
}
