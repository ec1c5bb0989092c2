import { IDENTIFIER, STRING } from "../text/lexer.ts";
import { COMMA, SEMICOLON } from "../text/symbol.ts";
import type { Cursor, Location } from "./cursor.ts";

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

/** What a `reserved` statement adds to: a message or an enum. */
export interface ReservedHolder {
  /** Numbers of the lists in the descriptor. */
  readonly rangeField: number;
  readonly nameField: number;
  readonly proto: { readonly reservedRange: readonly unknown[]; readonly reservedName: string[] };
  readonly readNumber: () => number;
  readonly addRange: (range: NumberRange) => void;
}

/** `reserved 2, 5 to 9;` or `reserved "name", "other";` (identifiers in editions). */
export function parseReserved(c: Cursor, parent: Location, holder: ReservedHolder): void {
  const { line } = c;
  const column = c.column();
  const { reservedName, reservedRange } = holder.proto;
  const asIdentifiers = c.file.syntax === "editions";
  c.expectWord("reserved");
  if (asIdentifiers && c.kind === STRING) {
    c.abandon("Reserved names are identifiers in editions, not strings.");
  }
  const byName = c.kind === (asIdentifiers ? IDENTIFIER : STRING);
  const location = c.open(parent, byName ? holder.nameField : holder.rangeField);
  if (location !== undefined) location.span = [line, column];
  if (byName) {
    do {
      const nameLocation = c.open(location, reservedName.length);
      const expected = "a name to reserve";
      reservedName.push(asIdentifiers ? c.identifier(expected) : c.string(expected));
      c.close(nameLocation);
    } while (c.trySymbol(COMMA));
  } else {
    parseRanges(c, location, reservedRange.length, holder.readNumber, holder.addRange);
  }
  c.expectEnd(SEMICOLON, location);
  c.close(location);
}
