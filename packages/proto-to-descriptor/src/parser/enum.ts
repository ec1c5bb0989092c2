import { append } from "../model/append.ts";
import type { EnumNode, FileNode, MessageNode } from "../model/declaration.ts";
import { newEnumReservedRange } from "../model/new-message.ts";
import { END } from "../text/lexer.ts";
import { CLOSE_BRACE, EQUALS, OPEN_BRACE, OPEN_BRACKET, SEMICOLON } from "../text/symbol.ts";
import type { Cursor, Location } from "./cursor.ts";
import { addEnum, addEnumValue } from "./new-declaration.ts";
import { parseBracketOptions, parseOptionStatement } from "./option.ts";
import { MAX, parseReserved } from "./ranges.ts";

const INT32_MAX = 0x7fffffff;

/** `enum Name { ... }`; the location is that of the whole declaration. */
export function parseEnum(
  c: Cursor,
  file: FileNode,
  parent: MessageNode | undefined,
  location: Location,
): EnumNode {
  c.expectWord("enum");
  const nameLocation = c.open(location, 1);
  const at = c.start;
  const node = addEnum(file, parent, c.identifier("a name for the enum"), at);
  c.close(nameLocation);
  c.expectEnd(OPEN_BRACE, location);
  while (!c.tryEnd(CLOSE_BRACE)) {
    if (c.kind === END) c.fail(`"}" at the end of the enum "${node.name}"`);
    c.attempt(() => parseEnumStatement(c, node, location));
  }
  c.close(location);
  checkAllowAlias(c, node);
  return node;
}

function parseEnumStatement(c: Cursor, node: EnumNode, location: Location): void {
  if (c.tryEnd(SEMICOLON)) return;
  if (c.is("option")) {
    const optionsLocation = c.open(location, 3);
    parseOptionStatement(c, node, optionsLocation);
    c.close(optionsLocation);
  } else if (c.is("reserved")) {
    parseReserved(c, location, {
      rangeField: 4,
      nameField: 5,
      proto: node.proto,
      readNumber: () => c.signedInt32("an enum value number"),
      addRange({ start, end, at }) {
        const range = newEnumReservedRange();
        range.start = start;
        range.end = end === MAX ? INT32_MAX : end;
        node.proto.reservedRange.push(range);
        node.reservedAt = append(node.reservedAt, at);
      },
    });
  } else {
    parseEnumValue(c, node, location);
  }
}

function parseEnumValue(c: Cursor, parent: EnumNode, enumLocation: Location): void {
  const location = c.open(enumLocation, 2, parent.values.length);
  const nameLocation = c.open(location, 1);
  const at = c.start;
  const node = addEnumValue(parent, c.identifier("the name of an enum value"), at);
  c.close(nameLocation);
  c.expectSymbol(EQUALS, '"=" and the number of the enum value');
  const numberLocation = c.open(location, 2);
  node.numberAt = c.start;
  node.proto.number = c.signedInt32("an integer");
  c.close(numberLocation);
  if (c.symbol === OPEN_BRACKET) {
    const optionsLocation = c.open(location, 3);
    parseBracketOptions(c, node, optionsLocation);
    c.close(optionsLocation);
  }
  c.expectEnd(SEMICOLON, location);
  c.close(location);
}

/** `allow_alias` has to be true, and some values have to share a number. */
function checkAllowAlias(c: Cursor, node: EnumNode): void {
  const option = node.options.find(({ name }) => {
    const [part] = name;
    return name.length === 1 && part?.name === "allow_alias" && !part.isExtension;
  });
  if (option === undefined) return;
  if (option.value.kind !== "identifier" || option.value.name !== "true") {
    c.error(`"${node.name}" sets allow_alias to something else than true, which has no effect.`);
    return;
  }
  const numbers = new Set(node.values.map((value) => value.proto.number));
  if (numbers.size === node.values.length) {
    c.error(`"${node.name}" allows aliases, but no enum values share a number.`);
  }
}
