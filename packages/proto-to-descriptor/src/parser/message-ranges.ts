import { append, none } from "../model/append.ts";
import type { ExtensionRangeNode, MessageNode } from "../model/declaration.ts";
import { newExtensionRange, newReservedRange } from "../model/new-message.ts";
import { OPEN_BRACKET, SEMICOLON } from "../text/symbol.ts";
import type { Cursor, Location } from "./cursor.ts";
import { parseBracketOptions } from "./option.ts";
import { MAX, parseRanges, parseReserved } from "./ranges.ts";

const MAX_FIELD_NUMBER = 0x1fffffff;
const MAX_MESSAGE_SET_NUMBER = 0x7ffffffe;

/** `extensions 100 to 199, 300 to max [options];` */
export function parseExtensionRanges(
  c: Cursor,
  node: MessageNode,
  messageLocation: Location,
): void {
  const location = c.open(messageLocation, 5);
  c.next();
  const first = node.ranges.length;
  const rangeLocations: Location[] = [];
  parseRanges(
    c,
    location,
    first,
    () => c.int32("an extension number"),
    ({ start, end, at }, rangeLocation) => {
      const proto = newExtensionRange();
      proto.start = start;
      proto.end = end + 1;
      node.proto.extensionRange.push(proto);
      node.ranges = append(node.ranges, { proto, at, options: none() });
      rangeLocations.push(rangeLocation);
    },
  );
  if (c.symbol === OPEN_BRACKET) {
    parseRangeOptions(c, node.ranges.slice(first), rangeLocations);
  }
  c.expectEnd(SEMICOLON, location);
  c.close(location);
}

/** The options of the statement are those of each of its ranges, and so are their locations. */
function parseRangeOptions(
  c: Cursor,
  ranges: readonly ExtensionRangeNode[],
  locations: readonly Location[],
): void {
  const [first] = ranges as readonly [ExtensionRangeNode];
  const before = c.locations?.length ?? 0;
  const optionsLocation = c.open(locations[0], 3);
  parseBracketOptions(c, first, optionsLocation);
  c.close(optionsLocation);
  const recorded = c.locations?.slice(before) ?? [];
  for (let i = 1; i < ranges.length; i++) {
    const range = ranges[i] as ExtensionRangeNode;
    const rangePath = locations[i]?.path ?? [];
    const copies = new Map(
      recorded.map((original) => {
        const path = [...rangePath, ...original.path.slice(rangePath.length)];
        return [original, { ...original, path, span: original.span.slice() }] as const;
      }),
    );
    c.locations?.push(...copies.values());
    for (const option of first.options) {
      const location = option.location && copies.get(option.location);
      range.options = append(range.options, { ...option, location });
    }
  }
}

/** `reserved ...;` in a message. */
export function parseMessageReserved(c: Cursor, node: MessageNode, location: Location): void {
  parseReserved(c, location, {
    rangeField: 9,
    nameField: 10,
    proto: node.proto,
    readNumber: () => c.int32("a field number"),
    addRange({ start, end, at }) {
      const range = newReservedRange();
      range.start = start;
      range.end = end + 1;
      node.proto.reservedRange.push(range);
      node.reservedAt = append(node.reservedAt, at);
    },
  });
}

/** `max` depends on an option that may stand after the range. */
export function resolveMaxRanges(node: MessageNode): void {
  const { extensionRange, reservedRange } = node.proto;
  if (extensionRange.length === 0 && reservedRange.length === 0) return;
  const isMessageSet = node.options.some(
    ({ name, value }) =>
      name.length === 1 &&
      name[0]?.name === "message_set_wire_format" &&
      value.kind === "identifier" &&
      value.name === "true",
  );
  const end = (isMessageSet ? MAX_MESSAGE_SET_NUMBER : MAX_FIELD_NUMBER) + 1;
  for (const range of extensionRange) if (range.end === MAX) range.end = end;
  for (const range of reservedRange) if (range.end === MAX) range.end = end;
}
