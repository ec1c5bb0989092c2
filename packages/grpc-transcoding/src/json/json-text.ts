import { isAscii, isUtf8, transcode } from "node:buffer";
import { randomUUID } from "node:crypto";
import { duplicateKey } from "./duplicate-key.ts";
import { JsonError } from "./json-codec.ts";
import { endOfString } from "./json-string.ts";
import { isSpace } from "./skip-json.ts";

/** Integers of fewer digits are below 2^53 and come out of JSON.parse as they are. */
const longDigits = 16;

/**
 * JSON text as JavaScript values. Integers beyond 2^53 become bigints, which JSON.parse would round.
 * Of equal keys in one object the last counts, unless they are to be rejected. Throws {@link JsonError}.
 */
export function parseJson(text: Uint8Array, rejectDuplicates: boolean): unknown {
  const bytes = Buffer.isBuffer(text)
    ? text
    : Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  const source = decodeUtf8(bytes);
  try {
    const value: unknown = mayHaveLongInteger(bytes) ? parseExactly(source) : JSON.parse(source);
    if (rejectDuplicates) checkKeys(source);
    return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new JsonError([{ path: "", description: error.message }]);
  }
}

/** From here on `transcode` (simdutf) is faster than V8's decoder: 12 times for 80 KB of Chinese. */
const transcodeBytes = 500;

function decodeUtf8(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString("latin1");
  if (!isUtf8(bytes)) throw new JsonError([{ path: "", description: "the text is not UTF-8" }]);
  // Undefined in a Node.js built without Intl.
  return bytes.length >= transcodeBytes && transcode !== undefined
    ? transcode(bytes, "utf8", "ucs2").toString("ucs2")
    : bytes.toString("utf8");
}

function checkKeys(source: string): void {
  const path = duplicateKey(source);
  if (path !== undefined) throw new JsonError([{ path, description: "this key is given twice" }]);
}

function isDigit(c: number | undefined): boolean {
  return c !== undefined && c >= 48 && c <= 57;
}

/** A run of 16 digits covers a multiple of this, and the three positions behind. */
const stride = 12;

/** Whether 16 digits stand in a row where they may be a number that is not quoted. */
function mayHaveLongInteger(bytes: Buffer): boolean {
  const last = bytes.length - 4;
  for (let at = 0; at <= last; at += stride) {
    // Two digits, or nearly so (0x30 to 0x3F), in one test: branches on text are mispredicted often.
    if ((((bytes[at] as number) ^ 48) | ((bytes[at + 3] as number) ^ 48)) > 15) continue;
    if (!isDigit(bytes[at - 6]) && !isDigit(bytes[at + 9])) continue;
    let start = at;
    while (start > at - stride && isDigit(bytes[start - 1])) start--;
    // A run that starts further back was judged at the last stop.
    if (start > at - stride && startsValue(bytes, start) && hasLongDigits(bytes, start))
      return true;
  }
  return false;
}

const minus = 45;

/** False behind the quote of an int64, the point of a fraction, and whatever else no number follows. */
function startsValue(bytes: Buffer, start: number): boolean {
  const before = bytes[start - 1] === minus ? bytes[start - 2] : bytes[start - 1];
  if (before === undefined) return true;
  return before === colon || before === comma || before === bracket || isSpace(before);
}

const colon = 58;
const comma = 44;
const bracket = 91;

function hasLongDigits(bytes: Buffer, start: number): boolean {
  for (let i = start; i < start + longDigits; i++) if (!isDigit(bytes[i])) return false;
  return true;
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

const quote = 34;

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
  if (source.charCodeAt(digits) === 48 || /[.eE]/.test(source.charAt(end))) return false;
  let before = start - 1;
  while (isSpace(source.charCodeAt(before))) before--;
  let after = end;
  while (isSpace(source.charCodeAt(after))) after++;
  return (before < 0 || ":[,".includes(source.charAt(before))) && source.charAt(after) !== ":";
}
