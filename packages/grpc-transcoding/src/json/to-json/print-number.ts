import { viewOf } from "../input-view.ts";
import { bottom, middle, splitThousandMillions, top } from "../int64.ts";
import { bytes } from "../output-buffer.ts";

/** Writes text of ASCII characters only. */
export function printAscii(q: number, text: string): number {
  const out = bytes;
  for (let i = 0; i < text.length; i++) out[q + i] = text.charCodeAt(i);
  return q + text.length;
}

/** Prints an unsigned 32-bit integer. */
export function printUint32(q: number, value: number): number {
  const out = bytes;
  if (value < 10) {
    out[q] = 48 + value;
    return q + 1;
  }
  const digits =
    value < 100
      ? 2
      : value < 1000
        ? 3
        : value < 10000
          ? 4
          : value < 100000
            ? 5
            : digitsFrom6(value);
  const end = q + digits;
  let at = end;
  let rest = value;
  while (rest > 9) {
    const tens = (rest / 10) >>> 0;
    out[--at] = 48 + rest - tens * 10;
    rest = tens;
  }
  out[q] = 48 + rest;
  return end;
}

function digitsFrom6(value: number): number {
  return value < 1e6 ? 6 : value < 1e7 ? 7 : value < 1e8 ? 8 : value < 1e9 ? 9 : 10;
}

/** Prints a signed 32-bit integer. */
export function printInt32(q: number, value: number): number {
  if (value >= 0) return printUint32(q, value);
  bytes[q] = 45;
  return printUint32(q + 1, -value);
}

/** Prints a 64-bit integer, given in halves, as a quoted decimal. */
export function printInt64(q: number, low: number, high: number, signed: boolean): number {
  bytes[q++] = 34;
  if (signed && high < 0) {
    bytes[q++] = 45;
    low = -low | 0;
    high = low === 0 ? -high | 0 : ~high;
  }
  if (high === 0) {
    q = printUint32(q, low >>> 0);
  } else {
    splitThousandMillions(low, high);
    q = top === 0 ? printUint32(q, middle) : printNineDigits(printUint32(q, top), middle);
    q = printNineDigits(q, bottom);
  }
  bytes[q] = 34;
  return q + 1;
}

/** Prints a number below 10^9 with leading zeros. */
function printNineDigits(q: number, value: number): number {
  const out = bytes;
  let rest = value | 0;
  for (let at = q + 8; at >= q; at--) {
    const tens = (rest / 10) | 0;
    out[at] = 48 + rest - tens * 10;
    rest = tens;
  }
  return q + 9;
}

/** Prints a double: shortest decimal that gives it back; NaN and the infinities quoted; -0 as `-0`. */
export function printDouble(q: number, value: number): number {
  if ((value | 0) === value && (value !== 0 || 1 / value > 0)) return printInt32(q, value);
  return printAscii(q, doubleText(value));
}

function doubleText(value: number): string {
  if (value === 0) return "-0";
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

/** Prints a float with the fewest digits that give it back as a float: 0.1, not 0.10000000149011612. */
export function printFloat(q: number, value: number): number {
  const magnitude = Math.abs(value);
  // Integers of up to 2^24 are exact, with no digit to spare.
  if (((value | 0) === value && magnitude <= 16777216) || !Number.isFinite(value)) {
    return printDouble(q, value);
  }
  if (magnitude >= 1e-3 && magnitude < 1e6) {
    // The first number of decimals that gives the float back is the least. Integers below 10^10 and
    // powers of ten are exact, so that their quotient is the double which prints as these digits.
    for (let scale = 10; scale * magnitude < 1e10; scale *= 10) {
      const rounded = Math.round(value * scale) / scale;
      if (Math.fround(rounded) === value) return printAscii(q, String(rounded));
    }
  }
  for (let digits = 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return printAscii(q, String(rounded));
  }
  return printAscii(q, String(Number(value.toPrecision(9))));
}

/** The double at `p`; its eight bytes are known to be there. */
export function readDouble(b: Uint8Array, p: number): number {
  return viewOf(b).getFloat64(p, true);
}

/** The float at `p`; its four bytes are known to be there. */
export function readFloat(b: Uint8Array, p: number): number {
  return viewOf(b).getFloat32(p, true);
}
