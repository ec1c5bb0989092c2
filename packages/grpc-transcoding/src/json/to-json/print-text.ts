import { bytes, capacity, grow, room } from "../output-buffer.ts";

/** Writes a short text as it is, and leaves {@link room} behind it. */
export function printText(q: number, text: string): number {
  // UTF-8 takes at most three bytes for a unit of UTF-16.
  const most = text.length * 3 + room;
  if (q + most > capacity) grow(q, most);
  return q + bytes.write(text, q);
}
