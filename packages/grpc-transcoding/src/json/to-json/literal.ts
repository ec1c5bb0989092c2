import { bytes, view } from "../output-buffer.ts";

/** UTF-8 text prepared to be written eight bytes at a time. */
export interface Literal {
  readonly utf8: Uint8Array;
  /** The same, padded with zeros. */
  readonly chunks: readonly number[];
  /** In bytes. */
  readonly length: number;
}

/**
 * Prepares a text. Eight bytes of UTF-8 never form a NaN, whose bits a number might not keep: its
 * topmost bytes would be 7F F. or FF.
 */
export function literal(text: string): Literal {
  const utf8 = Buffer.from(text);
  const padded = Buffer.alloc(Math.ceil(utf8.length / 8) * 8);
  utf8.copy(padded);
  const chunks = Array.from({ length: padded.length / 8 }, (_, i) => padded.readDoubleLE(i * 8));
  return { utf8, chunks, length: utf8.length };
}

/** Writes a literal at `q`, where its length and 8 more bytes must be free. */
export function printLiteral(q: number, text: Literal): number {
  const { chunks } = text;
  const out = view;
  for (let i = 0; i < chunks.length; i++) out.setFloat64(q + i * 8, chunks[i] as number, true);
  return q + text.length;
}

/** Whether the output from `start` to `end` is the literal. */
export function isLiteral({ utf8 }: Literal, start: number, end: number): boolean {
  if (end - start !== utf8.length) return false;
  for (let i = 0; i < utf8.length; i++) if (bytes[start + i] !== utf8[i]) return false;
  return true;
}
