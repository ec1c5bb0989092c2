import { append } from "../model/append.ts";
import type { OptionNamePart, OptionStatement, OptionValue } from "../model/option-statement.ts";
import { UINT64_MAX } from "../text/integer-literal.ts";
import { END, FLOAT, IDENTIFIER, INTEGER, STRING } from "../text/lexer.ts";
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COMMA,
  DOT,
  EQUALS,
  MINUS,
  OPEN_BRACE,
  OPEN_BRACKET,
  OPEN_PAREN,
  SEMICOLON,
} from "../text/symbol.ts";
import type { Cursor, Location } from "./cursor.ts";

/** Number of `uninterpreted_option` in every options message of google/protobuf/descriptor.proto. */
const UNINTERPRETED_OPTION = 999;

/** A declaration that has options. */
interface OptionHolder {
  options: readonly OptionStatement[];
}

/** `option name = value;` */
export function parseOptionStatement(
  c: Cursor,
  holder: OptionHolder,
  optionsLocation: Location,
): void {
  const location = c.open(optionsLocation, UNINTERPRETED_OPTION, holder.options.length);
  c.expectWord("option");
  parseAssignment(c, holder, location);
  c.expectEnd(SEMICOLON, location);
  c.close(location);
}

/** `[name = value, ...]`; `special` takes the assignments that are no options. */
export function parseBracketOptions(
  c: Cursor,
  holder: OptionHolder,
  optionsLocation: Location,
  special?: () => boolean,
): void {
  c.expectSymbol(OPEN_BRACKET);
  do {
    if (special?.() === true) continue;
    const location = c.open(optionsLocation, UNINTERPRETED_OPTION, holder.options.length);
    parseAssignment(c, holder, location);
    c.close(location);
  } while (c.trySymbol(COMMA));
  c.expectSymbol(CLOSE_BRACKET);
}

function parseAssignment(c: Cursor, holder: OptionHolder, location: Location): void {
  const at = c.start;
  const name = [parseNamePart(c)];
  while (c.trySymbol(DOT)) name.push(parseNamePart(c));
  c.expectSymbol(EQUALS);
  const valueAt = c.start;
  const value = parseValue(c);
  holder.options = append(holder.options, { name, at, value, valueAt, location });
}

function parseNamePart(c: Cursor): OptionNamePart {
  if (!c.trySymbol(OPEN_PAREN)) {
    return { name: c.identifier("an option name"), isExtension: false };
  }
  const name = c.typeName("the name of an extension");
  c.expectSymbol(CLOSE_PAREN);
  return { name, isExtension: true };
}

function parseValue(c: Cursor): OptionValue {
  const negative = c.trySymbol(MINUS);
  switch (c.kind) {
    case IDENTIFIER: {
      const name = c.word;
      if (negative && c.file.syntax === "editions" && (name === "inf" || name === "nan")) {
        c.next();
        const value = name === "inf" ? Number.NEGATIVE_INFINITY : Number.NaN;
        return { kind: "float", value };
      }
      if (negative) c.abandon(`"-" is not allowed before an identifier.`);
      c.next();
      return { kind: "identifier", name };
    }
    case INTEGER: {
      const max = negative ? 1n << 63n : UINT64_MAX;
      const value = c.integer(max, "an integer");
      return { kind: "integer", value: negative ? -value : value };
    }
    case FLOAT: {
      const value = c.number("a number");
      return { kind: "float", value: negative ? -value : value };
    }
    case STRING:
      if (negative) c.abandon(`"-" is not allowed before a string.`);
      return { kind: "string", bytes: c.byteString("a string") };
    case END:
      return c.fail("the value of the option");
    default:
      if (c.symbol !== OPEN_BRACE) return c.fail("the value of the option");
      return parseAggregate(c);
  }
}

/** Finds the end of a `{ ... }` value; its text is parsed when the type of the option is known. */
function parseAggregate(c: Cursor): OptionValue {
  const start = c.end;
  c.hashComments = true;
  c.next();
  for (let depth = 1; c.kind !== END; c.next()) {
    if (c.symbol === OPEN_BRACE) depth++;
    else if (c.symbol === CLOSE_BRACE && --depth === 0) {
      const end = c.start;
      c.hashComments = false;
      c.next();
      return { kind: "aggregate", start, end };
    }
  }
  c.hashComments = false;
  return c.fail(`"}" at the end of the option value`);
}
