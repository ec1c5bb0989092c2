/**
 * Where the last reader of JSON text ended; it returns where its output ended. Take it before anything
 * else is read.
 */
export let position = 0;

/** Ends a reader's work at `p` of the text. */
export function endAt(p: number): void {
  position = p;
}

/**
 * Thrown for text that the direct way from JSON to the wire does not take: invalid, or rare. The way
 * through values takes the whole text then, and says what is wrong.
 */
export class Unusual extends Error {
  override readonly name = "Unusual";
}

const thrown = new Unusual();

/** Throws {@link Unusual}, always the same object: without the cost of a stack trace. */
export function unusual(): never {
  throw thrown;
}

/** The position of the next byte that is no JSON whitespace. */
export function skipSpace(b: Uint8Array, p: number): number {
  let c = b[p] as number;
  while (c <= 32 && (c === 32 || c === 10 || c === 13 || c === 9)) c = b[++p] as number;
  return p;
}

/** Behind the string whose content starts at `p`, or the text's end. What escapes stand for is not checked. */
export function skipString(b: Uint8Array, p: number): number {
  while (p < b.length) {
    const c = b[p++] as number;
    if (c === 34) return p;
    if (c === 92) p++;
  }
  return p;
}

/** Behind the value at `p`, if it is valid JSON: counts brackets and looks for no other mistake. */
export function skipJsonValue(b: Uint8Array, p: number): number {
  let open = 0;
  while (p < b.length) {
    const c = b[p] as number;
    if (c === 34) {
      p = skipString(b, p + 1);
      if (open === 0) return p;
      continue;
    }
    if (c === 123 || c === 91) open++;
    else if (c === 125 || c === 93) {
      if (open === 0) return p;
      if (--open === 0) return p + 1;
    } else if (open === 0 && (c === 44 || c === 32 || c === 10 || c === 13 || c === 9)) return p;
    p++;
  }
  return p;
}
