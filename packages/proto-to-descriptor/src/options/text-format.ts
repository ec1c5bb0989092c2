// A parser for the text format of option values, `{ ... }`: longer than most files, since the
// format has many forms of each value and nothing else in the package shares them.

import { isClosed, isRepeated } from "../link/features.ts";
import { suggestion } from "../link/nearest-name.ts";
import type { EnumNode, FieldNode, MessageNode } from "../model/declaration.ts";
import { fullNameOf } from "../model/declaration.ts";
import * as type from "../model/scalar-type.ts";
import type { Report } from "../text/diagnostics.ts";
import { parseInteger } from "../text/integer-literal.ts";
import { END, FLOAT, IDENTIFIER, INTEGER, Lexer, STRING, type WordCache } from "../text/lexer.ts";
import type { SourceFile } from "../text/source-file.ts";
import { unquote } from "../text/string-literal.ts";
import {
  CLOSE_ANGLE,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  DOT,
  MINUS,
  OPEN_ANGLE,
  OPEN_BRACE,
  OPEN_BRACKET,
  SEMICOLON,
  SLASH,
} from "../text/symbol.ts";
import { ByteWriter } from "./byte-writer.ts";
import {
  type FieldValue,
  type MessageValue,
  missingRequired,
  newMessageValue,
  writeMessage,
} from "./message-value.ts";
import { describeType, integerRange, unknownEnumValue } from "./scalar-value.ts";

const MAX_NESTING = 100;
const ANY = "google.protobuf.Any";

/** What `[name]` refers to. */
export interface TextFormatNames {
  /** The extension of a message with a name, as the source spells it. */
  extension(message: MessageNode, name: string): FieldNode | undefined;
  /** A message by its full name. */
  message(fullName: string): MessageNode | undefined;
}

/**
 * Parses the text between the braces of an option value.
 * @returns undefined after an error, which is reported where it stands
 */
export function parseTextFormat(
  source: SourceFile,
  range: { start: number; end: number },
  message: MessageNode,
  report: Report,
  words: WordCache,
  names: TextFormatNames,
): MessageValue | undefined {
  let failed = false;
  const reportFailure: Report = (file, offset, text) => {
    failed = true;
    report(file, offset, text);
  };
  const parser = new TextFormatParser(source, range, names, reportFailure, words);
  const value = newMessageValue(message);
  try {
    parser.parseFields(value, undefined);
  } catch (error) {
    if (error !== FAILED) throw error;
  }
  if (failed) return undefined;
  const missing = missingRequired(value);
  if (missing.length > 0) {
    const message_ = `Message of type "${message.fullName}" lacks required fields: ${missing.join(", ")}.`;
    report(source, range.start, message_);
    return undefined;
  }
  return value;
}

const FAILED: unique symbol = Symbol("text format error");

class TextFormatParser {
  readonly #lexer: Lexer;
  readonly #names: TextFormatNames;
  readonly #source: SourceFile;
  readonly #report: Report;
  #depth = 0;

  constructor(
    source: SourceFile,
    range: { start: number; end: number },
    names: TextFormatNames,
    report: Report,
    words: WordCache,
  ) {
    this.#source = source;
    this.#names = names;
    this.#report = report;
    this.#lexer = new Lexer(source, report, words, range);
    this.#lexer.next();
  }

  #fail(message: string, at: number = this.#lexer.start): never {
    this.#report(this.#source, at, message);
    throw FAILED;
  }

  #expected(what: string): never {
    const lexer = this.#lexer;
    const found = lexer.kind === END ? "the end of the value" : `"${lexer.slice()}"`;
    return this.#fail(`Expected ${what}, found ${found}.`);
  }

  #try(symbol: number): boolean {
    if (this.#lexer.symbol !== symbol) return false;
    this.#lexer.next();
    return true;
  }

  #expect(symbol: number): void {
    if (!this.#try(symbol)) this.#expected(`"${String.fromCharCode(symbol)}"`);
  }

  /** Fields up to `close`, or to the end of the text. */
  parseFields(value: MessageValue, close: number | undefined): void {
    const lexer = this.#lexer;
    while (close === undefined ? lexer.kind !== END : lexer.symbol !== close) {
      if (lexer.kind === END) this.#expected(`"${String.fromCharCode(close as number)}"`);
      this.#parseField(value);
    }
    if (close !== undefined) lexer.next();
  }

  #parseField(value: MessageValue): void {
    const lexer = this.#lexer;
    const at = lexer.start;
    const { type: message } = value;
    let field: FieldNode | undefined;
    if (this.#try(OPEN_BRACKET)) {
      const { name, isUrl } = this.#extensionName();
      if (isUrl) {
        this.#parseAny(value, name, at);
        this.#separator();
        return;
      }
      field = this.#names.extension(message, name);
      if (field === undefined) {
        this.#fail(
          `Extension "${name}" is not defined or is not an extension of "${message.fullName}".`,
          at,
        );
      }
    } else {
      if (lexer.kind !== IDENTIFIER) this.#expected("the name of a field");
      const name = lexer.word;
      lexer.next();
      field = findField(message, name);
      if (field === undefined) {
        if (message.proto.reservedName.includes(name)) {
          this.#skipFieldValue();
          return;
        }
        const near = suggestion(
          name,
          message.fields.map((candidate) => candidate.name),
        );
        this.#fail(`Message type "${message.fullName}" has no field named "${name}".${near}`, at);
      }
    }
    this.#checkNotSet(value, field, at);
    const values = value.fields.get(field) ?? [];
    value.fields.set(field, values);
    const isMessage =
      (field.proto.type as number) === type.MESSAGE || (field.proto.type as number) === type.GROUP;
    const hasColon = this.#try(COLON);
    if (!hasColon && !isMessage) this.#expected('":"');
    if (isRepeated(field) && this.#try(OPEN_BRACKET)) {
      if (!this.#try(CLOSE_BRACKET)) {
        do values.push(this.#parseValue(field));
        while (this.#try(COMMA));
        this.#expect(CLOSE_BRACKET);
      }
    } else {
      values.push(this.#parseValue(field));
    }
    if (values.length === 0) value.fields.delete(field);
    this.#separator();
  }

  #separator(): void {
    if (!this.#try(SEMICOLON)) this.#try(COMMA);
  }

  #checkNotSet({ fields }: MessageValue, field: FieldNode, at: number): void {
    if (isRepeated(field)) return;
    if (fields.has(field)) this.#fail(`Field "${field.name}" is set more than once.`, at);
    const { oneof } = field;
    const other = oneof?.fields.find((member) => member !== field && fields.has(member));
    if (oneof === undefined || other === undefined) return;
    this.#fail(
      `Field "${field.name}" is set along with "${other.name}", another member of the oneof "${oneof.name}".`,
      at,
    );
  }

  #parseValue(field: FieldNode): FieldValue {
    switch (field.proto.type as number) {
      case type.MESSAGE:
      case type.GROUP:
        return this.#parseMessage(field.type as MessageNode);
      case type.ENUM:
        return this.#parseEnum(field.type as EnumNode);
      case type.BOOL:
        return this.#parseBool();
      case type.STRING:
      case type.BYTES:
        return this.#parseString(field);
      case type.DOUBLE:
      case type.FLOAT:
        return this.#parseNumber(field);
      default:
        return this.#parseInteger(field);
    }
  }

  #parseMessage(message: MessageNode): MessageValue {
    const open = this.#lexer.symbol;
    if (open !== OPEN_BRACE && open !== OPEN_ANGLE) this.#expected('"{" or "<"');
    this.#enter();
    this.#lexer.next();
    const value = newMessageValue(message);
    this.parseFields(value, open === OPEN_BRACE ? CLOSE_BRACE : CLOSE_ANGLE);
    this.#depth--;
    return value;
  }

  #parseEnum(node: EnumNode): number {
    const lexer = this.#lexer;
    const at = lexer.start;
    if (lexer.kind === IDENTIFIER) {
      const name = lexer.word;
      const value = node.values.find((candidate) => candidate.name === name);
      if (value === undefined) this.#fail(unknownEnumValue(node, name));
      lexer.next();
      return value.proto.number;
    }
    const negative = this.#try(MINUS);
    if (lexer.kind !== INTEGER) this.#expected("the name or number of an enum value");
    const magnitude = parseInteger(lexer.slice());
    const number = Number(negative ? -magnitude : magnitude);
    const known = node.values.some((value) => value.proto.number === number);
    if (number !== (number | 0) || (!known && isClosed(node))) {
      this.#fail(`Enum type "${node.fullName}" has no value with the number ${number}.`, at);
    }
    lexer.next();
    return number;
  }

  #parseBool(): boolean {
    const lexer = this.#lexer;
    const text = lexer.slice();
    let value: boolean | undefined;
    if (lexer.kind === IDENTIFIER) {
      if (text === "true" || text === "True" || text === "t") value = true;
      else if (text === "false" || text === "False" || text === "f") value = false;
    } else if (lexer.kind === INTEGER) {
      const integer = parseInteger(text);
      if (integer < 2n) value = integer === 1n;
    }
    if (value === undefined) this.#expected("true or false");
    lexer.next();
    return value;
  }

  #parseString(field: FieldNode): string {
    const lexer = this.#lexer;
    if (lexer.kind !== STRING) this.#expected(`a quoted string for the field "${field.name}"`);
    let bytes = "";
    while (lexer.kind === STRING) {
      bytes += unquote(lexer.slice());
      lexer.next();
    }
    return bytes;
  }

  #parseNumber(field: FieldNode): number {
    const lexer = this.#lexer;
    const negative = this.#try(MINUS);
    const text = lexer.slice();
    let value: number | undefined;
    if (lexer.kind === FLOAT) {
      value = Number(text);
    } else if (lexer.kind === INTEGER) {
      // Text format has no octal floats.
      if (/^0[0-9xX]/.test(text)) this.#fail(`Expected a decimal number, found "${text}".`);
      value = Number(text);
    } else if (lexer.kind === IDENTIFIER) {
      if (/^inf(inity)?$/i.test(text)) value = Number.POSITIVE_INFINITY;
      else if (/^nan$/i.test(text)) value = Number.NaN;
    }
    if (value === undefined) this.#expected(`a number for the field "${field.name}"`);
    lexer.next();
    return negative ? -value : value;
  }

  #parseInteger(field: FieldNode): bigint {
    const lexer = this.#lexer;
    const at = lexer.start;
    const [min, max] = integerRange(field) as readonly [bigint, bigint];
    const negative = this.#try(MINUS);
    if (lexer.kind !== INTEGER) this.#expected(`an integer for the field "${field.name}"`);
    const magnitude = parseInteger(lexer.slice());
    const value = negative ? -magnitude : magnitude;
    if (value < min || value > max || (negative && min === 0n)) {
      this.#fail(`Integer out of range for ${describeType(field)}: ${value}.`, at);
    }
    lexer.next();
    return value;
  }

  /** The rest of `[name]` or `[domain/name]`. */
  #extensionName(): { name: string; isUrl: boolean } {
    const lexer = this.#lexer;
    let name = "";
    let isUrl = false;
    for (;;) {
      if (lexer.kind !== IDENTIFIER) this.#expected("an identifier");
      name += lexer.word;
      lexer.next();
      if (this.#try(CLOSE_BRACKET)) return { name, isUrl };
      if (this.#try(SLASH)) {
        name += "/";
        isUrl = true;
      } else if (lexer.symbol === MINUS && !isUrl) {
        name += "-";
        lexer.next();
      } else {
        if (lexer.symbol !== DOT) this.#expected('"." or "]"');
        name += ".";
        lexer.next();
      }
    }
  }

  /** `[type.googleapis.com/a.B] { ... }` inside an Any. */
  #parseAny(value: MessageValue, url: string, at: number): void {
    const { type: message } = value;
    const typeUrl = message.members.get("type_url");
    const contents = message.members.get("value");
    if (message.fullName !== ANY || typeUrl?.kind !== "field" || contents?.kind !== "field") {
      this.#fail(`"[${url}]" is allowed in ${ANY} only, not in "${message.fullName}".`, at);
    }
    if (value.fields.size > 0) this.#fail("The contents of the Any are set more than once.", at);
    const slash = url.lastIndexOf("/");
    const prefix = url.slice(0, slash);
    const name = url.slice(slash + 1);
    const packed =
      prefix === "type.googleapis.com" || prefix === "type.googleprod.com"
        ? this.#names.message(name)
        : undefined;
    if (packed === undefined) this.#fail(`The type "${url}" of the Any is not known.`, at);
    this.#try(COLON);
    const writer = new ByteWriter();
    const inner = this.#parseMessage(packed);
    const missing = missingRequired(inner);
    if (missing.length > 0) {
      this.#fail(`Message "${name}" lacks required fields: ${missing.join(", ")}.`, at);
    }
    writeMessage(writer, inner);
    value.fields.set(typeUrl, [url]);
    value.fields.set(contents, [Buffer.from(writer.take()).toString("latin1")]);
  }

  /** A reserved name may still be given a value, which is ignored. */
  #skipFieldValue(): void {
    if (
      this.#try(COLON) &&
      this.#lexer.symbol !== OPEN_BRACE &&
      this.#lexer.symbol !== OPEN_ANGLE
    ) {
      this.#skipValue();
    } else {
      this.#skipMessage();
    }
  }

  #skipMessage(): void {
    const lexer = this.#lexer;
    const open = lexer.symbol;
    if (open !== OPEN_BRACE && open !== OPEN_ANGLE) this.#expected('"{" or "<"');
    this.#enter();
    lexer.next();
    const close = open === OPEN_BRACE ? CLOSE_BRACE : CLOSE_ANGLE;
    while (lexer.symbol !== close) {
      if (this.#try(OPEN_BRACKET)) this.#extensionName();
      else if (lexer.kind === IDENTIFIER) lexer.next();
      else this.#expected("the name of a field");
      this.#skipFieldValue();
      this.#separator();
    }
    lexer.next();
    this.#depth--;
  }

  #skipValue(): void {
    const lexer = this.#lexer;
    if (this.#try(OPEN_BRACKET)) {
      this.#enter();
      do {
        if (lexer.symbol === OPEN_BRACE || lexer.symbol === OPEN_ANGLE) this.#skipMessage();
        else this.#skipValue();
      } while (this.#try(COMMA));
      this.#expect(CLOSE_BRACKET);
      this.#depth--;
    } else if (lexer.kind === STRING) {
      while (lexer.kind === STRING) lexer.next();
    } else {
      const negative = this.#try(MINUS);
      const isNumber = lexer.kind === INTEGER || lexer.kind === FLOAT;
      const isName = lexer.kind === IDENTIFIER;
      if (!isNumber && !(isName && (!negative || SPECIAL_NUMBER.test(lexer.word)))) {
        this.#expected("a value");
      }
      lexer.next();
    }
  }

  #enter(): void {
    if (++this.#depth > MAX_NESTING) {
      this.#fail(`Nested too deep: at most ${MAX_NESTING} levels are allowed.`);
    }
  }
}

const SPECIAL_NUMBER = /^(inf|infinity|nan)$/i;

/** A field by its name; a group by the name of its message. */
function findField(message: MessageNode, name: string): FieldNode | undefined {
  const member = message.members.get(name);
  if (member?.kind === "field" && !member.isExtension) {
    return (member.proto.type as number) === type.GROUP ? undefined : member;
  }
  const group = message.members.get(name.toLowerCase());
  if (group?.kind !== "field" || group.isExtension) return undefined;
  if ((group.proto.type as number) !== type.GROUP) return undefined;
  return group.type !== undefined && lastName(fullNameOf(group.type)) === name ? group : undefined;
}

const lastName = (fullName: string): string => fullName.slice(fullName.lastIndexOf(".") + 1);
