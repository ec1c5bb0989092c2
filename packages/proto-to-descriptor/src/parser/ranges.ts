import { INTEGER } from "../lexer.ts";
import { CLOSE_BRACE, COMMA, type Cursor, type Location, SEMICOLON } from "./cursor.ts";

/** `max` as the end of a range: its number depends on what has the range. */
export const MAX: number = Number.POSITIVE_INFINITY;

/** Both ends included, as in the source. */
export interface NumberRange {
  readonly start: number;
  readonly end: number;
  readonly at: number;
}

/** `1, 4 to 6, 9 to max`; calls `add` for each range, whose location is already recorded. */
export function parseRanges(
  c: Cursor,
  parent: Location,
  firstIndex: number,
  readNumber: () => number,
  add: (range: NumberRange, location: Location) => void,
): void {
  let index = firstIndex;
  do {
    const at = c.start;
    const location = c.open(parent, index++);
    const startLocation = c.open(location, 1);
    const start = readNumber();
    c.close(startLocation);
    let end = start;
    if (c.tryWord("to")) {
      const endLocation = c.open(location, 2);
      end = c.tryWord("max") ? MAX : readNumber();
      c.close(endLocation);
    } else {
      const endLocation = c.open(location, 2);
      if (endLocation !== undefined && startLocation !== undefined) {
        endLocation.span = startLocation.span.slice();
      }
    }
    c.close(location);
    add({ start, end, at }, location);
  } while (c.trySymbol(COMMA));
}

/**
 * `reserved 2, 5 to 9;` or `reserved "name", "other";` (identifiers in editions).
 * `fields` are the numbers of the range and name lists in the descriptor.
 */
export function parseReserved(
  c: Cursor,
  parent: Location,
  fields: { readonly range: number; readonly name: number },
  existing: { readonly ranges: number; readonly names: number },
  readNumber: () => number,
  addRange: (range: NumberRange) => void,
  addName: (name: string) => void,
): void {
  const startLine = c.line;
  const startColumn = c.column();
  c.expectWord("reserved");
  const open = (field: number): Location => {
    const location = c.open(parent, field);
    if (location !== undefined) location.span = [startLine, startColumn];
    return location;
  };
  const byName = c.file.syntax === "editions" ? c.word !== "" : c.slice().match(/^["']/) !== null;
  if (c.file.syntax === "editions" && !byName && /^["']/.test(c.slice())) {
    c.abandon("Reserved names must be identifiers in editions, not string literals.");
  }
  const location = open(byName ? fields.name : fields.range);
  if (byName) {
    let index = existing.names;
    do {
      const nameLocation = c.open(location, index++);
      addName(
        c.file.syntax === "editions"
          ? c.identifier("the name to reserve")
          : c.string("the name to reserve, as a string"),
      );
      c.close(nameLocation);
    } while (c.trySymbol(COMMA));
  } else {
    if (c.kind !== INTEGER && c.symbol === CLOSE_BRACE) c.fail("a name or a number range");
    parseRanges(c, location, existing.ranges, readNumber, addRange);
  }
  c.expectEnd(SEMICOLON, location);
  c.close(location);
}
