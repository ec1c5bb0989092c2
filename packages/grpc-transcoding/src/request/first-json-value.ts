const quote = 34;
const backslash = 92;

const spaces: ReadonlySet<number | undefined> = new Set([..." \t\n\r"].map(codeOf));
const openers: ReadonlySet<number | undefined> = new Set([..."{["].map(codeOf));
const closers: ReadonlySet<number | undefined> = new Set([..."}]"].map(codeOf));
/** What ends a number, `true`, `false` or `null`. */
const separators: ReadonlySet<number | undefined> = new Set([...' \t\n\r{}[],:"'].map(codeOf));

function codeOf(character: string): number {
  return character.charCodeAt(0);
}

/**
 * The part of a text up to the end of its first JSON value: all of it where that does not end, nothing where
 * there is only white space. Finds ends, not errors: those are for the parser.
 */
export function firstJsonValue(text: Uint8Array): Uint8Array {
  let start = 0;
  while (spaces.has(text[start])) start += 1;
  return text.subarray(start, endOfValue(text, start));
}

function endOfValue(text: Uint8Array, start: number): number {
  const first = text[start];
  if (first === quote) return endOfString(text, start);
  let at = start;
  if (!openers.has(first)) {
    while (at < text.length && !separators.has(text[at])) at += 1;
    return Math.max(at, start + 1);
  }
  let depth = 0;
  while (at < text.length) {
    const code = text[at];
    if (code === quote) {
      at = endOfString(text, at);
      continue;
    }
    at += 1;
    if (openers.has(code)) depth += 1;
    else if (closers.has(code)) depth -= 1;
    if (depth === 0) return at;
  }
  return at;
}

function endOfString(text: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === backslash ? 2 : 1;
  return Math.min(at + 1, text.length);
}
