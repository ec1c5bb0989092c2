import { isAscii, isUtf8 } from "node:buffer";
import { randomUUID } from "node:crypto";
import { duplicateKey } from "./duplicate-key.ts";
import { JsonError } from "./json-codec.ts";
import { endOfString } from "./json-string.ts";

/** Integers of fewer digits are below 2^53 and come out of JSON.parse as they are. */
const longDigits = 16;

/**
 * JSON text as JavaScript values. Integers beyond 2^53 become bigints, which JSON.parse would round.
 * Of equal keys in one object the last counts, unless they are to be rejected. Throws {@link JsonError}.
 */
export function parseJson(text: Uint8Array, rejectDuplicates: boolean): unknown {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  let source: string;
  if (isAscii(bytes)) source = bytes.toString("latin1");
  else if (isUtf8(bytes)) source = bytes.toString("utf8");
  else throw new JsonError([{ path: "", description: "the text is not UTF-8" }]);
  try {
    const value: unknown = mayHaveLongInteger(bytes) ? parseExactly(source) : JSON.parse(source);
    if (rejectDuplicates) checkKeys(source);
    return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new JsonError([{ path: "", description: error.message }]);
  }
}

function checkKeys(source: string): void {
  const path = duplicateKey(source);
  if (path !== undefined) throw new JsonError([{ path, description: "this key is given twice" }]);
}

function isDigit(c: number | undefined): boolean {
  return c !== undefined && c >= 48 && c <= 57;
}

/** Whether 16 digits stand in a row where they may be an unquoted integer. */
function mayHaveLongInteger(bytes: Buffer): boolean {
  // Such a run covers a position that is 15 modulo 16: the others need no look.
  for (let at = longDigits - 1; at < bytes.length; at += longDigits) {
    if (!isDigit(bytes[at])) continue;
    let start = at;
    while (isDigit(bytes[start - 1])) start--;
    let end = at + 1;
    while (isDigit(bytes[end])) end++;
    if (end - start >= longDigits && isBareInteger(bytes, start, end)) return true;
    at = end - 1 - (end % longDigits);
  }
  return false;
}

const quote = 34;
const dot = 46;
const minus = 45;

/** False for digits in quotes of their own (the usual int64), fractions, and integer parts of either. */
function isBareInteger(bytes: Buffer, start: number, end: number): boolean {
  const before = bytes[start - 1] === minus ? bytes[start - 2] : bytes[start - 1];
  const after = bytes[end];
  return !(before === quote && after === quote) && before !== dot && !continuesNumber(after);
}

function continuesNumber(c: number | undefined): boolean {
  return c === dot || c === 101 || c === 69; // e, E
}

/** Longer integers are beyond a double; JSON.parse makes them infinite, which every field rejects. */
const maxDigits = 400;

/**
 * JSON.parse with exact integers: these are put into strings that start with a mark which no input
 * can contain, since it is random, and turned back by the reviver.
 */
function parseExactly(source: string): unknown {
  const mark = randomUUID();
  const marked = markLongIntegers(source, mark);
  try {
    return JSON.parse(marked, (_key, value: unknown) => {
      if (typeof value !== "string" || !value.startsWith(mark)) return value;
      const digits = value.slice(mark.length);
      const number = Number(digits);
      return Number.isSafeInteger(number) ? number : BigInt(digits);
    });
  } catch (error) {
    // Revivers recurse.
    if (error instanceof RangeError) {
      throw new JsonError([{ path: "", description: "values are nested too deep" }]);
    }
    // For a message that quotes the text as it came.
    return JSON.parse(source);
  }
}

function markLongIntegers(source: string, mark: string): string {
  let marked = "";
  let copied = 0;
  let at = 0;
  while (at < source.length) {
    const c = source.charCodeAt(at);
    if (c === quote) {
      at = endOfString(source, at);
      continue;
    }
    if (!isDigit(c)) {
      at++;
      continue;
    }
    let end = at + 1;
    while (isDigit(source.charCodeAt(end))) end++;
    const negative = source.charCodeAt(at - 1) === minus;
    const start = negative ? at - 1 : at;
    const digits = end - at;
    if (digits >= longDigits && digits <= maxDigits && isWholeValue(source, start, at, end)) {
      marked += `${source.slice(copied, start)}"${mark}${source.slice(start, end)}"`;
      copied = end;
    }
    at = end;
  }
  return marked + source.slice(copied);
}

/** True for digits that are all of a JSON integer, and no key: what is invalid is left to JSON.parse. */
function isWholeValue(source: string, start: number, digits: number, end: number): boolean {
  if (source.charCodeAt(digits) === 48 || continuesNumber(source.charCodeAt(end))) return false;
  let before = start - 1;
  while (isSpace(source.charCodeAt(before))) before--;
  let after = end;
  while (isSpace(source.charCodeAt(after))) after++;
  return (before < 0 || ":[,".includes(source.charAt(before))) && source.charAt(after) !== ":";
}

function isSpace(c: number): boolean {
  return c === 32 || c === 10 || c === 13 || c === 9;
}
