// A little longer than most files: everything that all parsers of declarations share.
import type { SourceCodeInfo_Location } from "@bufbuild/protobuf/wkt";
import type { FileNode } from "../model/declaration.ts";
import { newLocation } from "../model/new-message.ts";
import { type Comments, collectComments } from "../text/comments.ts";
import type { Report } from "../text/diagnostics.ts";
import { INT32_MAX, parseInteger } from "../text/integer-literal.ts";
import { END, FLOAT, IDENTIFIER, INTEGER, Lexer, STRING, type WordCache } from "../text/lexer.ts";
import { columnAt, decodeUtf8 } from "../text/source-file.ts";
import { unquote } from "../text/string-literal.ts";
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  DOT,
  MINUS,
  OPEN_BRACE,
  SEMICOLON,
} from "../text/symbol.ts";

/** Thrown to leave a statement that cannot be parsed further; the error is reported by then. */
const ABANDON: unique symbol = Symbol("abandon the statement");

/** How deep messages and groups may nest, as in protoc. */
const MAX_NESTING = 31;

export type Location = SourceCodeInfo_Location | undefined;

/**
 * The parsers' view of a file: the current token, what may be done with it, and the source info
 * that is recorded on the way (nothing, unless asked for).
 */
export class Cursor extends Lexer {
  readonly file: FileNode;
  readonly locations: SourceCodeInfo_Location[] | undefined;
  depth = 0;
  failed = false;
  #upcomingLeading = "";
  #upcomingDetached: string[] = [];

  constructor(file: FileNode, report: Report, words: WordCache, sourceInfo: boolean) {
    super(
      file.source,
      (source, offset, message) => {
        this.failed = true;
        report(source, offset, message);
      },
      words,
    );
    this.file = file;
    this.skipByteOrderMark();
    // Not even a comment or a string may have one.
    const nul = this.text.indexOf("\0");
    if (nul >= 0) this.error("Invalid control characters encountered in text: a NUL byte.", nul);
    this.locations = sourceInfo ? [] : undefined;
    const comments = sourceInfo ? this.#comments(this.end, true) : undefined;
    if (comments !== undefined) {
      this.#upcomingLeading = comments.leading;
      this.#upcomingDetached = comments.detached;
    }
    this.next();
  }

  is(word: string): boolean {
    return this.word === word;
  }

  tryWord(word: string): boolean {
    if (this.word !== word) return false;
    this.next();
    return true;
  }

  trySymbol(symbol: number): boolean {
    if (this.symbol !== symbol) return false;
    this.next();
    return true;
  }

  /** What the current token is, for a message. */
  found(): string {
    if (this.kind === END) return "the end of the file";
    const text = this.slice();
    return `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`;
  }

  error(message: string, at: number = this.start): void {
    this.report(this.source, at, message);
  }

  /** Reports that something else was expected here and leaves the statement. */
  fail(expected: string): never {
    this.error(`Expected ${expected}, found ${this.found()}.`);
    throw ABANDON;
  }

  /** Reports an error and leaves the statement. */
  abandon(message: string, at: number = this.start): never {
    this.error(message, at);
    throw ABANDON;
  }

  /** Parses one statement; one that fails is skipped, so that the following ones are parsed too. */
  attempt(statement: () => void): void {
    const { depth } = this;
    try {
      statement();
    } catch (error) {
      if (error !== ABANDON) throw error;
      this.depth = depth;
      this.#skipStatement();
    }
  }

  expectSymbol(symbol: number, expected = `"${String.fromCharCode(symbol)}"`): void {
    if (!this.trySymbol(symbol)) this.fail(expected);
  }

  expectWord(word: string): void {
    if (!this.tryWord(word)) this.fail(`"${word}"`);
  }

  identifier(expected: string): string {
    if (this.kind !== IDENTIFIER) this.fail(expected);
    const { word } = this;
    this.next();
    return word;
  }

  /** An integer token as a bigint; out of range it is reported and 0. */
  integer(max: bigint, expected: string): bigint {
    if (this.kind !== INTEGER) this.fail(expected);
    let value = parseInteger(this.slice());
    if (value > max) {
      this.error(`Integer out of range: the largest value here is ${max}.`);
      value = 0n;
    }
    this.next();
    return value;
  }

  /** An integer token that fits int32, without a sign. */
  int32(expected: string): number {
    const { start, end, text } = this;
    if (this.kind === INTEGER && end - start < 10 && text.charCodeAt(start) !== 0x30) {
      let value = 0;
      for (let i = start; i < end; i++) value = value * 10 + text.charCodeAt(i) - 0x30;
      this.next();
      return value;
    }
    return Number(this.integer(INT32_MAX, expected));
  }

  signedInt32(expected: string): number {
    if (this.trySymbol(MINUS)) return -Number(this.integer(INT32_MAX + 1n, expected)) | 0;
    return this.int32(expected);
  }

  /** A float, an integer, `inf` or `nan`. */
  number(expected: string): number {
    let value: number;
    if (this.kind === FLOAT) value = Number(this.slice());
    else if (this.kind === INTEGER) value = Number(parseInteger(this.slice()));
    else if (this.word === "inf") value = Number.POSITIVE_INFINITY;
    else if (this.word === "nan") value = Number.NaN;
    else this.fail(expected);
    this.next();
    return value;
  }

  /** One or more adjacent string literals; one character per byte. */
  byteString(expected: string): string {
    if (this.kind !== STRING) this.fail(expected);
    let bytes = "";
    while (this.kind === STRING) {
      bytes += unquote(this.slice());
      this.next();
    }
    return bytes;
  }

  string(expected: string): string {
    return decodeUtf8(this.byteString(expected));
  }

  /** `a.b.c`, with a leading dot if the source has one. */
  typeName(expected: string): string {
    const { start } = this;
    const absolute = this.trySymbol(DOT);
    let name = this.identifier(expected);
    if (absolute) name = `.${name}`;
    if (this.symbol !== DOT) return name;
    let { length } = name;
    let end = this.previousEnd;
    const parts = [name];
    while (this.symbol === DOT) {
      this.next();
      const part = this.identifier("an identifier after the dot");
      parts.push(part);
      length += part.length + 1;
      end = this.previousEnd;
    }
    // Without blanks or comments between the parts, the name is in the source as it is.
    return length === end - start ? this.intern(start, end) : parts.join(".");
  }

  /** Consumes a symbol after which comments belong to declarations: `;`, `{` or `}`. */
  tryEnd(symbol: 0x3b | 0x7b | 0x7d, location?: Location): boolean {
    if (this.symbol !== symbol) return false;
    if (this.locations === undefined) {
      this.next();
      return true;
    }
    const comments = this.#comments(this.end, false);
    this.next();
    const leading = this.#upcomingLeading;
    this.#upcomingLeading = comments?.leading ?? "";
    const detached = comments?.detached ?? [];
    if (location !== undefined) {
      if (leading !== "") location.leadingComments = leading;
      if (comments !== undefined && comments.trailing !== "") {
        location.trailingComments = comments.trailing;
      }
      location.leadingDetachedComments = this.#upcomingDetached;
      this.#upcomingDetached = detached;
    } else if (symbol === CLOSE_BRACE) {
      this.#upcomingDetached = detached;
    } else {
      this.#upcomingDetached.push(...detached);
    }
    return true;
  }

  expectEnd(symbol: 0x3b | 0x7b | 0x7d, location?: Location): void {
    if (!this.tryEnd(symbol, location)) this.fail(`"${String.fromCharCode(symbol)}"`);
  }

  /** Opens a location that starts at the current token. */
  open(parent: Location, first?: number, second?: number): Location {
    if (this.locations === undefined) return undefined;
    // `concat` makes arrays of the exact size; a large API has millions of them.
    const outer = parent === undefined ? [] : parent.path;
    const path =
      first === undefined
        ? outer.slice()
        : second === undefined
          ? outer.concat(first)
          : outer.concat(first, second);
    const location = newLocation(path, [this.line, this.column()]);
    this.locations.push(location);
    return location;
  }

  /** Closes a location after the token before the current one, unless it is closed already. */
  close(location: Location): void {
    if (location === undefined || location.span.length > 2) return;
    location.span = this.spanFrom(location.span[0] as number, location.span[1] as number);
  }

  /** The span from a position to the end of the token before the current one. */
  spanFrom(line: number, column: number): number[] {
    const end = columnAt(this.source, this.previousLineStart, this.previousEnd);
    return this.previousLine === line
      ? [line, column, end]
      : [line, column, this.previousLine, end];
  }

  /** Enters a nested block, which is bounded. */
  enter(): void {
    if (++this.depth > MAX_NESTING) {
      this.abandon(`Nested too deep: at most ${MAX_NESTING} levels are allowed.`);
    }
  }

  leave(): void {
    this.depth--;
  }

  #comments(from: number, atStart: boolean): Comments | undefined {
    return collectComments(this.text, from, atStart, (offset) => {
      const c = this.text.charCodeAt(offset);
      return c === CLOSE_BRACE || c === CLOSE_BRACKET || c === CLOSE_PAREN || Number.isNaN(c);
    });
  }

  #skipStatement(): void {
    while (this.kind !== END) {
      if (this.tryEnd(SEMICOLON)) return;
      if (this.trySymbol(OPEN_BRACE)) {
        this.#skipRestOfBlock();
        return;
      }
      if (this.symbol === CLOSE_BRACE) return;
      this.next();
    }
  }

  #skipRestOfBlock(): void {
    let depth = 1;
    while (this.kind !== END) {
      if (this.symbol === OPEN_BRACE) depth++;
      if (this.symbol === CLOSE_BRACE && --depth === 0) {
        this.tryEnd(CLOSE_BRACE);
        return;
      }
      this.next();
    }
  }
}
