const quote = 34;
const backslash = 92;

/** Whether a byte is JSON whitespace. */
export function isSpace(c: number | undefined): boolean {
  return c === 32 || c === 10 || c === 13 || c === 9;
}

/** Whether a byte starts an object or array. */
export function isOpener(c: number | undefined): boolean {
  return c === 123 || c === 91;
}

/** Whether a byte ends an object or array. */
export function isCloser(c: number | undefined): boolean {
  return c === 125 || c === 93;
}

/** Whether a byte ends the number, `true`, `false` or `null` in front of it. */
export function endsScalar(c: number | undefined): boolean {
  return (
    isSpace(c) ||
    isCloser(c) ||
    isOpener(c) ||
    c === 44 ||
    c === 58 ||
    c === quote ||
    c === undefined
  );
}

/** Whether a byte is the end of a string, object or array, whatever follows. */
export function endsValue(c: number | undefined): boolean {
  return c === quote || isCloser(c);
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
    if (c === quote) return p;
    if (c === backslash) p++;
  }
  return b.length;
}

/** Behind the value at `p`, or the text's end. Counts brackets and looks for no other mistake. */
export function skipJsonValue(b: Uint8Array, p: number): number {
  if (b[p] === quote) return skipString(b, p + 1);
  if (!isOpener(b[p])) {
    const start = p;
    while (!endsScalar(b[p])) p++;
    return Math.min(Math.max(p, start + 1), b.length);
  }
  let open = 0;
  while (p < b.length) {
    const c = b[p++] as number;
    if (c === quote) p = skipString(b, p);
    else if (isOpener(c)) open++;
    else if (isCloser(c) && --open === 0) return p;
  }
  return p;
}

/**
 * The part of a text up to the end of its first value: all of it where that does not end, nothing where there is
 * only white space.
 */
export function firstJsonValue(text: Uint8Array): Uint8Array {
  const start = skipSpace(text, 0);
  return text.subarray(start, skipJsonValue(text, start));
}
