// A little longer than most files: one scanner, since every kind of token shares its few fields.
import { BLANK, CHARACTER_CLASS, DIGIT, HEX, LETTER, OCTAL } from "./character-class.ts";
import type { Report } from "./diagnostics.ts";
import { columnAt, type SourceFile } from "./source-file.ts";
import { escapeEnd } from "./string-literal.ts";

/** Kinds of token; `END` follows the last one for ever. */
export const END = 0;
export const IDENTIFIER = 1;
export const INTEGER = 2;
export const FLOAT = 3;
export const STRING = 4;
const SYMBOL = 5;
export type TokenKind = 0 | 1 | 2 | 3 | 4 | 5;

const WORD = LETTER | DIGIT;
const NEWLINE = 10;
const SLASH = 0x2f;
const STAR = 0x2a;
const HASH = 0x23;
const DOT = 0x2e;
const BACKSLASH = 0x5c;

/**
 * Names of one compilation, so that a name that occurs a thousand times is one string, and equal
 * names compare by pointer. Direct-mapped: a collision only costs a second copy.
 */
export class WordCache {
  readonly slots: string[] = new Array<string>(8192).fill("");
}

/**
 * Scans a source file token by token, by the rules of protoc's tokenizer. The current token is in
 * the fields, so that scanning allocates nothing but new names. An invalid token is reported and
 * still delivered, as protoc does.
 */
export class Lexer {
  readonly source: SourceFile;
  readonly text: string;
  readonly report: Report;
  kind: TokenKind = END;
  start = 0;
  end = 0;
  /** Zero-based line of the token and where that line starts. */
  line = 0;
  lineStart = 0;
  /** The name, for an identifier; empty for every other token. */
  word = "";
  /** The character, for a symbol; 0 for every other token. */
  symbol = 0;
  previousEnd = 0;
  previousLine = 0;
  previousLineStart = 0;
  /** Where scanning stops: the end of the text, or of the option value that is read. */
  protected readonly limit: number;
  /** The text format of option values has `#` comments too. */
  hashComments: boolean;
  readonly #words: string[];

  constructor(
    source: SourceFile,
    report: Report,
    words: WordCache,
    range?: { start: number; end: number },
  ) {
    this.source = source;
    this.text = source.text;
    this.report = report;
    this.#words = words.slots;
    this.limit = range?.end ?? source.text.length;
    this.hashComments = range !== undefined;
    this.end = range?.start ?? 0;
  }

  /** Steps over a UTF-8 byte order mark; call it before the first token. */
  skipByteOrderMark(): void {
    if (this.text.charCodeAt(0) !== 0xef) return;
    if (this.text.startsWith("\xef\xbb\xbf")) {
      this.end = 3;
    } else {
      this.end = 1;
      this.report(this.source, 0, "File starts with 0xEF but not with a UTF-8 byte order mark.");
    }
  }

  /** The text of the current token. */
  slice(): string {
    return this.text.slice(this.start, this.end);
  }

  /** Zero-based column of the current token. */
  column(): number {
    return columnAt(this.source, this.lineStart, this.start);
  }

  /** Advances to the next token. */
  next(): void {
    const { text, limit } = this;
    this.previousEnd = this.end;
    this.previousLine = this.line;
    this.previousLineStart = this.lineStart;
    let p = this.end;
    while (p < limit) {
      const c = text.charCodeAt(p);
      if (c === NEWLINE) {
        p++;
        this.line++;
        this.lineStart = p;
      } else if (CHARACTER_CLASS[c] === BLANK) {
        p++;
      } else if (c === SLASH) {
        const after = text.charCodeAt(p + 1);
        if (after === SLASH) p = this.#endOfLine(p);
        else if (after === STAR) p = this.#skipBlockComment(p);
        else break;
      } else if (c === HASH && this.hashComments) {
        p = this.#endOfLine(p);
      } else if (c < 32 || c >= 128) {
        p = this.#skipInvalid(p);
      } else {
        break;
      }
    }
    this.start = p;
    this.word = "";
    this.symbol = 0;
    if (p >= limit) {
      this.start = limit;
      this.end = limit;
      this.kind = END;
      return;
    }
    const c = text.charCodeAt(p);
    const type = CHARACTER_CLASS[c] as number;
    if ((type & LETTER) !== 0) this.#scanWord(p, c);
    else if ((type & DIGIT) !== 0) this.#scanNumber(p, c);
    else if (c === 0x22 || c === 0x27) this.#scanString(p, c);
    else if (c === DOT && this.#classAt(p + 1) & DIGIT) {
      if (this.kind === IDENTIFIER && this.previousEnd === p) {
        this.report(this.source, p, "Need space between identifier and decimal point.");
      }
      this.#finishNumber(this.#scanFraction(p + 1, true), FLOAT);
    } else {
      this.kind = SYMBOL;
      this.symbol = c;
      this.end = p + 1;
    }
  }

  readonly #reportHere = (offset: number, message: string): void =>
    this.report(this.source, offset, message);

  #classAt(p: number): number {
    return p < this.limit ? (CHARACTER_CLASS[this.text.charCodeAt(p)] as number) : 0;
  }

  #endOfLine(p: number): number {
    const newline = this.text.indexOf("\n", p);
    return newline < 0 || newline > this.limit ? this.limit : newline;
  }

  #skipBlockComment(p: number): number {
    const { text, limit } = this;
    const close = text.indexOf("*/", p + 2);
    const end = close < 0 || close + 2 > limit ? limit : close + 2;
    if (end === limit && !(close >= 0 && close + 2 === limit)) {
      this.report(this.source, p, "Block comment is never closed.");
    }
    for (let nested = text.indexOf("/*", p + 2); nested >= 0 && nested < end - 2; ) {
      this.report(
        this.source,
        nested,
        '"/*" inside block comment. Block comments cannot be nested.',
      );
      nested = text.indexOf("/*", nested + 2);
    }
    for (let newline = text.indexOf("\n", p); newline >= 0 && newline < end; ) {
      this.line++;
      this.lineStart = newline + 1;
      newline = text.indexOf("\n", newline + 1);
    }
    return end;
  }

  #skipInvalid(p: number): number {
    const first = this.text.charCodeAt(p);
    const control = first < 32;
    let end = p + 1;
    while (end < this.limit) {
      const c = this.text.charCodeAt(end);
      if (control ? c >= 32 || c === NEWLINE || CHARACTER_CLASS[c] === BLANK : c < 128) break;
      end++;
    }
    const what = control ? "Invalid control characters" : "Invalid characters that are not ASCII";
    this.report(this.source, p, `${what} encountered in text.`);
    return end;
  }

  #scanWord(start: number, first: number): void {
    const { text, limit } = this;
    let hash = first;
    let p = start + 1;
    while (p < limit) {
      const c = text.charCodeAt(p);
      if (((CHARACTER_CLASS[c] as number) & WORD) === 0) break;
      hash = (Math.imul(hash, 31) + c) | 0;
      p++;
    }
    this.word = this.#cached(start, p, hash);
    this.kind = IDENTIFIER;
    this.end = p;
  }

  /** The text between two offsets, as one string however often it occurs. */
  protected intern(start: number, end: number): string {
    let hash = 0;
    for (let p = start; p < end; p++) hash = (Math.imul(hash, 31) + this.text.charCodeAt(p)) | 0;
    return this.#cached(start, end, hash);
  }

  #cached(start: number, end: number, hash: number): string {
    const slot = (hash ^ (hash >>> 13)) & 8191;
    const cached = this.#words[slot] as string;
    if (cached.length === end - start && this.text.startsWith(cached, start)) return cached;
    const word = this.text.slice(start, end);
    this.#words[slot] = word;
    return word;
  }

  #digits(p: number, mask: number): number {
    while (this.#classAt(p) & mask) p++;
    return p;
  }

  #scanNumber(start: number, first: number): void {
    const { text } = this;
    let p = start + 1;
    if (first === 0x30 && (text.charCodeAt(p) | 32) === 0x78) {
      const digits = p + 1;
      p = this.#digits(digits, HEX);
      if (p === digits) this.report(this.source, p, '"0x" must be followed by hex digits.');
      this.#finishNumber(p, INTEGER);
    } else if (first === 0x30 && this.#classAt(p) & DIGIT) {
      p = this.#digits(p, OCTAL);
      if (this.#classAt(p) & DIGIT) {
        this.report(this.source, p, "Numbers starting with leading zero must be in octal.");
        p = this.#digits(p, DIGIT);
      }
      this.#finishNumber(p, INTEGER);
    } else {
      p = this.#digits(p, DIGIT);
      const c = p < this.limit ? text.charCodeAt(p) : 0;
      if (c === DOT) this.#finishNumber(this.#scanFraction(p + 1, true), FLOAT);
      else if ((c | 32) === 0x65) this.#finishNumber(this.#scanFraction(p, false), FLOAT);
      else this.#finishNumber(p, INTEGER);
    }
  }

  /** Digits after a decimal point, if there was one, and an exponent, if there is one. */
  #scanFraction(p: number, digits: boolean): number {
    if (digits) p = this.#digits(p, DIGIT);
    if (p < this.limit && (this.text.charCodeAt(p) | 32) === 0x65) {
      p++;
      const sign = this.text.charCodeAt(p);
      if (sign === 0x2b || sign === 0x2d) p++;
      const exponent = p;
      p = this.#digits(p, DIGIT);
      if (p === exponent) this.report(this.source, p, '"e" must be followed by exponent.');
    }
    return p;
  }

  #finishNumber(p: number, kind: 2 | 3): void {
    this.kind = kind;
    this.end = p;
    if (this.#classAt(p) & LETTER) {
      this.report(this.source, p, "Need space between number and identifier.");
    } else if (p < this.limit && this.text.charCodeAt(p) === DOT) {
      this.report(
        this.source,
        p,
        kind === FLOAT
          ? "Already saw decimal point or exponent; can't have another one."
          : "Hex and octal numbers must be integers.",
      );
    }
  }

  #scanString(start: number, quote: number): void {
    const { text, limit } = this;
    let p = start + 1;
    this.kind = STRING;
    for (;;) {
      if (p >= limit) {
        this.report(this.source, p, "Unexpected end of string.");
        break;
      }
      const c = text.charCodeAt(p);
      if (c === quote) {
        p++;
        break;
      }
      if (c === NEWLINE) {
        this.report(this.source, p, "String literals cannot cross line boundaries.");
        break;
      }
      p = c === BACKSLASH ? escapeEnd(text, p + 1, limit, this.#reportHere) : p + 1;
    }
    this.end = p;
  }
}
