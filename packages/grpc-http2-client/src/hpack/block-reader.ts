import { HpackError } from "./hpack-error.ts";
import { decodeHuffman } from "./huffman-decoder.ts";

// Up to here a loop over the bytes is cheaper than a call into the engine.
const SHORT_BYTES = 12;
const FIRST_SCRATCH_BYTES = 256;
// Far above every index, length and table size that can be right, and far below where shifts overflow.
const MAX_CONTINUATIONS = 4;

// Reading is synchronous, so one scratch serves all; it grows to the largest limit asked for.
let scratch = Buffer.allocUnsafeSlow(FIRST_SCRATCH_BYTES);

/** Reads the primitives of a header block, front to back (RFC 7541 §5). */
export class BlockReader {
  bytes: Buffer = Buffer.alloc(0);
  position = 0;
  end = 0;
  /** The decoded length of the string read last, in bytes, also where it was too long to be made. */
  lastLength = 0;

  /** Begins a block, which lies from `start` to `end`. */
  begin(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  /**
   * The integer whose prefix is the low bits of the next byte, as `mask` has them.
   * @throws HpackError where it runs out of the block, or takes more than four further bytes.
   */
  integer(mask: number): number {
    const prefix = this.#byte() & mask;
    if (prefix < mask) return prefix;
    let value = mask;
    for (let shift = 0; shift < 7 * MAX_CONTINUATIONS; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new HpackError("an integer that is too long");
  }

  /**
   * The next string, plain or Huffman-coded; undefined where it is longer than `limit` bytes.
   * @throws HpackError where it runs out of the block or its coding is wrong.
   */
  string(limit: number): string | undefined {
    const isHuffman = ((this.bytes[this.position] as number) & 0x80) !== 0;
    const length = this.integer(0x7f);
    const start = this.position;
    const end = start + length;
    if (end > this.end) throw new HpackError("a string that is longer than its block");
    this.position = end;
    if (isHuffman) return this.#huffman(start, end, limit);
    this.lastLength = length;
    return length > limit ? undefined : latin1(this.bytes, start, end);
  }

  #huffman(start: number, end: number, limit: number): string | undefined {
    // The shortest code has 5 bits: 8 bytes of them are 12 symbols and 4 bits at most.
    const most = Math.min(limit, Math.floor(((end - start) * 8) / 5));
    if (most > scratch.length) scratch = Buffer.allocUnsafeSlow(most);
    const length = decodeHuffman(this.bytes, start, end, scratch);
    this.lastLength = length;
    return length > limit ? undefined : latin1(scratch, 0, length);
  }

  #byte(): number {
    if (this.position >= this.end) throw new HpackError("a header block that ends within a field");
    return this.bytes[this.position++] as number;
  }
}

function latin1(bytes: Buffer, start: number, end: number): string {
  if (end - start > SHORT_BYTES) return bytes.toString("latin1", start, end);
  let text = "";
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] as number);
  return text;
}
