import { bytes } from "../output-buffer.ts";
import type { Print } from "./value-printer.ts";

// The digits of 2^53 - 1; JSON numbers above are rounded by their readers.
const largest = Buffer.from(String(Number.MAX_SAFE_INTEGER));

/** Prints a 64-bit integer as a number where every reader takes it for the same one, as a string otherwise. */
export function numberPrinter(printQuoted: Print): Print {
  return (b, p, end, q, depth) => {
    const close = printQuoted(b, p, end, q, depth);
    const first = bytes[q + 1] === 45 ? q + 2 : q + 1;
    if (!isSafe(first, close - 1)) return close;
    bytes.copyWithin(q, q + 1, close - 1);
    return close - 2;
  };
}

function isSafe(from: number, to: number): boolean {
  const digits = to - from;
  if (digits !== largest.length) return digits < largest.length;
  return bytes.compare(largest, 0, largest.length, from, to) <= 0;
}
