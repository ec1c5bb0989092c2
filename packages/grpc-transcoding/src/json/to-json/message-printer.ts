import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { Malformed, malformed } from "../../wire/malformed.ts";
import { maxDepth } from "../../wire/skip-field.ts";
import { keyStep } from "../field-path-text.ts";
import { type FieldsOf, isMessageSet } from "../message-fields.ts";
import { bytes, capacity, grow, room } from "../output-buffer.ts";
import { releaseSlots, reserveSlots, slots } from "../slots.ts";
import { compileFields } from "./compile-fields.ts";
import { declaredDefaultText } from "./default-text.ts";
import type { PrinterContext } from "./field-printer.ts";
import { isLiteral, literal, printLiteral } from "./literal.ts";
import { type FieldPrinter, type Fields, locate, locateMessageSet } from "./locate-fields.ts";
import { mergePayloads } from "./merge-payloads.ts";
import { expectsOrder, printInOrder, printUnset } from "./print-in-order.ts";
import type { MessagePrinter, Print } from "./value-printer.ts";

/**
 * Printer of a message without a special JSON form. Fields that come in the
 * schema's order take one pass. Others take two: the first notes in slots where each field stands,
 * skipping submessages by their length; the second prints in the schema's order. Out-of-order fields,
 * the last of several values, oneofs, scattered and mixed lists follow by themselves.
 */
export function messagePrinter(
  message: DescMessage,
  fieldsOf: FieldsOf,
  context: PrinterContext,
): MessagePrinter {
  let fields: Fields | undefined;
  const messageSet = isMessageSet(message);

  const printMembers: Print = (b, p, end, q, depth) => {
    if (fields === undefined) fields = compileFields(fieldsOf(message), message, context);
    if (depth > maxDepth) malformed(`messages are nested more than ${maxDepth} deep`);
    return expectsOrder && fields.ordered
      ? printInOrder(fields, b, p, end, q, depth)
      : printLocated(fields, messageSet ? locateMessageSet : locate, b, p, end, q, depth);
  };

  return {
    printMembers,
    print(b, p, end, q, depth) {
      const start = q;
      q = printMembers(b, p, end, q, depth);
      if (q + room > capacity) grow(q, room);
      if (q === start) q++;
      bytes[start] = 123;
      bytes[q] = 125;
      return q + 1;
    },
  };
}

/** Prints the fields of a message in two passes: see {@link messagePrinter}. */
function printLocated(
  fields: Fields,
  find: typeof locate,
  b: Buffer,
  p: number,
  end: number,
  q: number,
  depth: number,
): number {
  const base = reserveSlots(fields.slotCount);
  find(fields, b, p, end, base, depth);
  const { list } = fields;
  let i = 0;
  try {
    for (; i < list.length; i++) {
      const field = list[i] as FieldPrinter;
      const first = slots[base + field.index * 2] as number;
      if (first >= 0) {
        const { key, omitted } = field;
        if (q + key.length + room > capacity) grow(q, key.length + room);
        const start = printLiteral(q, key);
        const close = field.inPlace
          ? field.print(b, first, end, start, depth)
          : printFound(field, b, first, end, start, depth, base);
        if (omitted === undefined || !isLiteral(omitted, start, close)) q = close;
      } else q = printUnset(field, q);
    }
  } catch (error) {
    if (error instanceof Malformed) error.steps.push(keyStep((list[i] as FieldPrinter).jsonName));
    throw error;
  }
  releaseSlots(base);
  return q;
}

/** Prints the value of a field that {@link locate} has found. */
function printFound(
  field: FieldPrinter,
  b: Buffer,
  first: number,
  end: number,
  q: number,
  depth: number,
  base: number,
): number {
  if (field.repeated) {
    return field.print(b, first, slots[base + field.index * 2 + 1] as number, q, depth);
  }
  if (field.message !== undefined && slots[base + field.index * 2 + 1] !== first) {
    const merged = mergePayloads(b, first, end, field.tag, depth);
    return field.message.print(merged, 0, merged.length, q, depth + 1);
  }
  return field.print(b, first, end, q, depth);
}

/**
 * Printer of one field's value out of its message's bytes. An unset field prints its default; `{}` for
 * a message, `null` where a message's JSON is no object of fields.
 */
export function singleFieldPrinter(field: DescField, context: PrinterContext): Print {
  const fields = compileFields([field], field.parent, context);
  const [printer] = fields.list as [FieldPrinter];
  const plainMessage = printer.message !== undefined && printer.message.printMembers !== undefined;
  const unset = literal(plainMessage ? "{}" : declaredDefaultText(field, context));
  return (b, p, end, q, depth) => {
    const base = reserveSlots(fields.slotCount);
    locate(fields, b, p, end, base, depth);
    const first = slots[base] as number;
    if (first >= 0) return printFound(printer, b, first, end, q, depth, base);
    if (q + unset.length + room > capacity) grow(q, unset.length + room);
    return printLiteral(q, unset);
  };
}
