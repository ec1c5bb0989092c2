import { Malformed, malformed } from "../../wire/malformed.ts";
import { skipValue } from "../../wire/skip-field.ts";
import { position, readTag, readVarint32 } from "../../wire/varint.ts";
import { capacity, grow, room } from "../output-buffer.ts";
import { resetSlots } from "../slots.ts";
import { resetKeys } from "./distinct-keys.ts";
import { isLiteral, printLiteral } from "./literal.ts";
import type { FieldPrinter, Fields } from "./locate-fields.ts";
import type { Print } from "./value-printer.ts";

/** Whether messages are tried in one pass, as long as their fields come in order. */
export let expectsOrder = true;

/** Thrown by {@link printInOrder}: the fields have to be located first. A constant, since nobody sees it. */
const outOfOrder = new Error("fields are out of order");

/**
 * Prints a whole input from position 0 on. First it trusts that fields come in order, as writers of
 * protobuf write them. If one does not, or if anything is wrong, all is printed again without trust:
 * once, not once a level, which would double the work with each level of nesting.
 */
export function printInput(print: Print, input: Buffer, q: number): number {
  expectsOrder = true;
  try {
    return start(print, input, q);
  } catch (error) {
    if (error !== outOfOrder && !(error instanceof Malformed)) throw error;
  }
  expectsOrder = false;
  return start(print, input, q);
}

function start(print: Print, input: Buffer, q: number): number {
  resetSlots();
  resetKeys();
  return print(input, 0, input.length, q, 1);
}

/**
 * Prints the fields of a message as they come on the wire, in one pass. A type that once came in
 * another order is not tried again. An error has no path: the second run says where it is.
 */
export function printInOrder(
  fields: Fields,
  b: Buffer,
  p: number,
  end: number,
  q: number,
  depth: number,
): number {
  const { list, low, high } = fields;
  let next = 0;
  let oneofs = 0;
  while (p < end) {
    const tagStart = p;
    let tag = b[p++] as number;
    if (tag > 127 || tag < 8) {
      tag = readTag(b, tagStart, end);
      p = position;
    }
    const number = tag >>> 3;
    const field = number < low.length ? low[number] : high.get(number);
    const valueStart = p;
    p = skipValue(b, p, end, tag, depth);
    if (field === undefined || (tag !== field.tag && tag !== field.packedTag)) continue;
    if (field.known !== undefined && !field.known.has(readVarint32(b, valueStart) | 0)) continue;

    const { index, key, omitted } = field;
    const oneof = field.oneof < 0 ? 0 : 1 << field.oneof;
    if (index < next || (oneofs & oneof) !== 0) {
      fields.ordered = false;
      throw outOfOrder;
    }
    oneofs |= oneof;
    for (; next < index; next++) q = printUnset(list[next] as FieldPrinter, q);
    next++;
    if (q + key.length + room > capacity) grow(q, key.length + room);
    const start = printLiteral(q, key);
    let close: number;
    if (field.repeated) {
      p = endOfList(field, b, p, end, depth);
      close = field.print(b, tagStart, p, start, depth);
    } else {
      close = field.print(b, valueStart, end, start, depth);
    }
    if (omitted === undefined || !isLiteral(omitted, start, close)) q = close;
  }
  for (; next < list.length; next++) q = printUnset(list[next] as FieldPrinter, q);
  return q;
}

/** Behind the last of a list's values, which stand next to each other; `p` is behind the first. */
function endOfList(field: FieldPrinter, b: Buffer, p: number, end: number, depth: number): number {
  while (p < end) {
    const tag = readTag(b, p, end);
    if (tag !== field.tag && tag !== field.packedTag) break;
    p = skipValue(b, position, end, tag, depth);
  }
  return p;
}

/** Prints what stands for a field that is not there: nothing, its default or `null`. */
export function printUnset({ unset, required }: FieldPrinter, q: number): number {
  if (unset !== undefined) {
    if (q + unset.length + room > capacity) grow(q, unset.length + room);
    return printLiteral(q, unset);
  }
  if (required) malformed("a required field is missing");
  return q;
}
