import { viewOf } from "../input-view.ts";
import { bytes, capacity, grow, room, view } from "../output-buffer.ts";
import { skipString } from "../skip-json.ts";
import { writeString } from "../to-wire/write-string.ts";
import { closeLength } from "../to-wire/write-varint.ts";
import { mismatch } from "./diagnosis.ts";
import { endAt, unusual } from "./text-position.ts";

const quote = 34;
const backslash = 92;

/**
 * Writes the string at `p` of the text (its quote) as UTF-8 with its length in front, byte to byte. The
 * text is known to be UTF-8. Leaves {@link room} bytes.
 */
export function readString(b: Buffer, p: number, q: number): number {
  if (b[p] !== quote) mismatch("string", b, p);
  const length = b.length;
  if (q + length - p + 2 * room > capacity) grow(q, length - p + 2 * room);
  const from = viewOf(b);
  const to = view;
  const start = q++;
  const textStart = p++;
  const last = length - 4;
  while (p <= last) {
    const four = from.getInt32(p, true);
    to.setInt32(q, four, true);
    // The sign bit of a byte is set where it is ASCII and < 0x20, 0x22 or 0x5C (or, by a borrow, follows one that is).
    const flags =
      ((four - 0x20202020) |
        ((four ^ 0x22222222) - 0x01010101) |
        ((four ^ 0x5c5c5c5c) - 0x01010101)) &
      ~four &
      0x80808080;
    if (flags !== 0) {
      const plain = (31 - Math.clz32(flags & -flags)) >> 3;
      p += plain;
      q += plain;
      break;
    }
    p += 4;
    q += 4;
  }
  const out = bytes;
  for (;;) {
    const c = b[p] as number;
    if (c === quote) break;
    if (c === backslash) return readEscaped(b, textStart, start);
    if (!(c >= 32)) unusual();
    out[q++] = c;
    p++;
  }
  endAt(p + 1);
  const written = q - start - 1;
  if (written < 128) {
    out[start] = written;
    return q;
  }
  return closeLength(start, 1, q);
}

function readEscaped(b: Buffer, p: number, q: number): number {
  const end = skipString(b, p + 1);
  const text: unknown = JSON.parse(b.toString("utf8", p, end));
  const written = writeString(q, text);
  endAt(end);
  return written;
}
