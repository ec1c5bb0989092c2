import { skipJsonValue } from "../skip-json.ts";
import { endAt, type Read } from "./text-position.ts";

/** Integers that JSON.parse would round, but not so long that BigInt takes its time. */
const longInteger = /^-?\d{16,400}$/;

/** The value at `p` of the text as JavaScript value, a long integer as bigint. Throws a SyntaxError for invalid JSON. */
export function readValue(b: Buffer, p: number): unknown {
  if (b[p] === 34) {
    const end = plainStringEnd(b, p + 1);
    if (end >= 0) {
      endAt(end + 1);
      return b.toString("latin1", p + 1, end);
    }
  }
  const end = skipJsonValue(b, p);
  endAt(end);
  const text = b.toString("utf8", p, end);
  const value: unknown = JSON.parse(text);
  return typeof value === "number" && longInteger.test(text) ? BigInt(text) : value;
}

/** Reads a value, which must be valid JSON, and writes nothing. */
export const readNothing: Read = (b, p, q) => {
  const end = b[p] === 34 ? plainStringEnd(b, p + 1) : -1;
  if (end < 0) readValue(b, p);
  else endAt(end + 1);
  return q;
};

/** The end of the ASCII string without escapes whose content is at `p`; -1 for any other. */
export function plainStringEnd(b: Uint8Array, p: number): number {
  for (;;) {
    const c = b[p] as number;
    if (c === 34) return p;
    if (!(c >= 32 && c < 128) || c === 92) return -1;
    p++;
  }
}
