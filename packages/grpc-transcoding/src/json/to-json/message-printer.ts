import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { Malformed, malformed, truncated } from "../../wire/malformed.ts";
import { maxDepth, skipValue } from "../../wire/skip-field.ts";
import { position, readTag, readVarint32 } from "../../wire/varint.ts";
import { tagOf, WireType } from "../../wire/wire-type.ts";
import { keyStep } from "../field-path-text.ts";
import type { JsonOptions } from "../json-codec.ts";
import { type FieldsOf, isMessageSet, jsonKey, type MessageField } from "../message-fields.ts";
import { bytes, capacity, grow, room } from "../output-buffer.ts";
import { Presence } from "../to-wire/field-writer.ts";
import { declaredDefaultText, unsetText } from "./default-text.ts";
import {
  closedNumbers,
  listPrinter,
  mapPrinter,
  type PrinterContext,
  valuePrinter,
  valueWireType,
} from "./field-printer.ts";
import { type Literal, literal, printLiteral } from "./literal.ts";
import { mergePayloads } from "./merge-payloads.ts";
import { releaseSlots, reserveSlots, slots } from "./slots.ts";
import type { MessagePrinter, Print } from "./value-printer.ts";

/** How one field is found on the wire and printed. */
interface FieldPrinter {
  readonly tag: number;
  /** The tag of packed values, which every list of numbers accepts; otherwise 0, which no tag is. */
  readonly packedTag: number;
  readonly repeated: boolean;
  /** Prints the payload of a singular message field. */
  readonly message: MessagePrinter | undefined;
  /** The field's oneof as an index; -1 for none. */
  readonly oneof: number;
  readonly required: boolean;
  /** Numbers of a closed enum, singular: any other counts as an unknown field. */
  readonly known: ReadonlySet<number> | undefined;
  /** `,"name":`. */
  readonly key: Literal;
  /** What stands for the field when it is unset, key included. */
  readonly unset: Literal | undefined;
  /** The value that is left away: the default, in fields with implicit presence and `emit: "set"`. */
  readonly omitted: Literal | undefined;
  readonly jsonName: string;
  /** Index of the field's first slot, counted from the message's. */
  readonly slot: number;
  readonly print: Print;
}

/** The fields of a message, compiled on its first use. */
interface Fields {
  readonly list: readonly FieldPrinter[];
  /** Fields by number: low numbers in an array, the others in a map. */
  readonly low: readonly (FieldPrinter | undefined)[];
  readonly high: ReadonlyMap<number, FieldPrinter>;
  /** Two for each field, then one for each oneof. */
  readonly slotCount: number;
}

const highNumber = 256;

/**
 * Printer of a message without a special JSON form. Two passes: the first notes in slots where each
 * field stands, skipping submessages by their length; the second prints in the schema's order.
 * Out-of-order fields, the last of several values, oneofs, scattered and mixed lists follow by themselves.
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
    const base = reserveSlots(fields.slotCount);
    if (messageSet) locateMessageSet(fields, b, p, end, base, depth);
    else locate(fields, b, p, end, base, depth);
    const { list } = fields;
    let i = 0;
    try {
      for (; i < list.length; i++) {
        const field = list[i] as FieldPrinter;
        const first = slots[base + field.slot] as number;
        if (first >= 0) q = printMember(field, b, first, end, q, depth, base);
        else if (field.unset !== undefined) {
          if (q + field.unset.length + room > capacity) grow(q, field.unset.length + room);
          q = printLiteral(q, field.unset);
        } else if (field.required) malformed("a required field is missing");
      }
    } catch (error) {
      if (error instanceof Malformed) error.steps.push(keyStep((list[i] as FieldPrinter).jsonName));
      throw error;
    }
    releaseSlots(base);
    return q;
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

function printMember(
  field: FieldPrinter,
  b: Buffer,
  first: number,
  end: number,
  q: number,
  depth: number,
  base: number,
): number {
  const { key, omitted } = field;
  if (q + key.length + room > capacity) grow(q, key.length + room);
  const start = printLiteral(q, key);
  const close = printFound(field, b, first, end, start, depth, base);
  return omitted !== undefined && isText(omitted, start, close) ? q : close;
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
    return field.print(b, first, slots[base + field.slot + 1] as number, q, depth);
  }
  if (field.message !== undefined && slots[base + field.slot + 1] !== first) {
    const merged = mergePayloads(b, first, end, field.tag, depth);
    return field.message.print(merged, 0, merged.length, q, depth + 1);
  }
  return field.print(b, first, end, q, depth);
}

function isText(text: Literal, start: number, end: number): boolean {
  if (end - start !== text.length) return false;
  const { utf8 } = text;
  for (let i = 0; i < utf8.length; i++) if (bytes[start + i] !== utf8[i]) return false;
  return true;
}

/** The first pass: where the fields stand between `p` and `end`. */
function locate(
  fields: Fields,
  b: Buffer,
  p: number,
  end: number,
  base: number,
  depth: number,
): void {
  const { low, high } = fields;
  const located = slots;
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
    const next = b[p] as number;
    const wireType = tag & 7;
    // The usual values without a call; what crosses the end shows when the loop has ended.
    if (wireType === WireType.LENGTH && next < 128) p += 1 + next;
    else if (wireType === WireType.VARINT && next < 128) p++;
    else p = skipValue(b, p, end, tag, depth);
    if (field === undefined || (tag !== field.tag && tag !== field.packedTag)) continue;
    const slot = base + field.slot;
    if (field.repeated) {
      if ((located[slot] as number) < 0) located[slot] = tagStart;
      located[slot + 1] = p;
    } else if (field.known === undefined || field.known.has(readVarint32(b, valueStart) | 0)) {
      if (field.oneof >= 0) enterOneof(fields, field, base);
      if (field.message === undefined) {
        located[slot] = valueStart;
      } else {
        if ((located[slot] as number) < 0) located[slot] = valueStart;
        located[slot + 1] = valueStart;
      }
    }
  }
  if (p > end) truncated();
}

/** Of a oneof the last field on the wire counts. */
function enterOneof(fields: Fields, field: FieldPrinter, base: number): void {
  const at = base + fields.list.length * 2 + field.oneof;
  const before = slots[at] as number;
  if (before >= 0 && before !== field.slot) slots[base + before] = -1;
  slots[at] = field.slot;
}

/** Tags of google's message_set.proto: `repeated group Item = 1 { int32 type_id = 2; bytes message = 3; }`. */
const itemTag = tagOf(1, WireType.START_GROUP);
const itemEndTag = tagOf(1, WireType.END_GROUP);
const typeIdTag = tagOf(2, WireType.VARINT);
const itemMessageTag = tagOf(3, WireType.LENGTH);

/** As {@link locate}, for a MessageSet, whose fields stand in items. Of items with one type the last counts. */
function locateMessageSet(
  fields: Fields,
  b: Buffer,
  p: number,
  end: number,
  base: number,
  depth: number,
): void {
  while (p < end) {
    let tag = readTag(b, p, end);
    p = position;
    if (tag !== itemTag) {
      p = skipValue(b, p, end, tag, depth);
      continue;
    }
    let typeId = 0;
    let messageAt = -1;
    for (;;) {
      tag = readTag(b, p, end);
      p = position;
      if (tag === itemEndTag) break;
      if (tag === typeIdTag && typeId === 0) typeId = readVarint32(b, p);
      else if (tag === itemMessageTag && messageAt < 0) messageAt = p;
      p = skipValue(b, p, end, tag, depth);
    }
    const field = typeId < fields.low.length ? fields.low[typeId] : fields.high.get(typeId);
    if (field !== undefined && messageAt >= 0) {
      slots[base + field.slot] = messageAt;
      slots[base + field.slot + 1] = messageAt;
    }
  }
  if (p > end) truncated();
}

function compileFields(
  declared: readonly MessageField[],
  message: DescMessage,
  context: PrinterContext,
): Fields {
  const list = declared.map((field, i) => compileField(field, i * 2, message, context));
  const low: (FieldPrinter | undefined)[] = [];
  const high = new Map<number, FieldPrinter>();
  for (const [i, { number }] of declared.entries()) {
    const printer = list[i] as FieldPrinter;
    if (number >= highNumber) {
      high.set(number, printer);
      continue;
    }
    // Without holes, which would make reading slower.
    while (low.length <= number) low.push(undefined);
    low[number] = printer;
  }
  return { list, low, high, slotCount: list.length * 2 + message.oneofs.length };
}

function compileField(
  field: MessageField,
  slot: number,
  message: DescMessage,
  context: PrinterContext,
): FieldPrinter {
  const { options } = context;
  const repeated = field.fieldKind === "list" || field.fieldKind === "map";
  const wireType = valueWireType(field);
  const key = JSON.stringify(jsonKey(field, options.naming));
  const implicit = repeated || field.presence === Presence.IMPLICIT;
  return {
    tag: tagOf(field.number, wireType),
    packedTag:
      repeated && wireType !== WireType.LENGTH && wireType !== WireType.START_GROUP
        ? tagOf(field.number, WireType.LENGTH)
        : 0,
    repeated,
    message:
      !repeated && field.message !== undefined ? context.messagePrinter(field.message) : undefined,
    oneof: field.oneof === undefined ? -1 : message.oneofs.indexOf(field.oneof),
    required: field.presence === Presence.REQUIRED,
    known: repeated ? undefined : closedNumbers(field.enum),
    key: literal(`,${key}:`),
    unset: printsUnset(field, implicit, options)
      ? literal(`,${key}:${implicit ? unsetText(field, options) : "null"}`)
      : undefined,
    omitted: implicit && options.emit === "set" ? literal(unsetText(field, options)) : undefined,
    jsonName: jsonKey(field, "json"),
    slot,
    print: fieldPrinter(field, context),
  };
}

/**
 * True for fields that are printed when unset. `all` follows grpc-gateway's EmitUnpopulated (Go's
 * protojson): no member of a oneof, which a proto3 `optional` counts as.
 */
function printsUnset(field: MessageField, implicit: boolean, options: JsonOptions): boolean {
  if (field.kind === "extension" || options.emit === "set") return false;
  if (implicit) return true;
  return (
    options.emit === "all" &&
    field.presence !== Presence.REQUIRED &&
    field.oneof === undefined &&
    !field.proto.proto3Optional
  );
}

function fieldPrinter(field: MessageField, context: PrinterContext): Print {
  switch (field.fieldKind) {
    case "list":
      return listPrinter(field, context);
    case "map":
      return mapPrinter(field, context);
    default:
      return valuePrinter(field, context);
  }
}

/**
 * Printer of one field's value out of its message's bytes. An unset field prints its default; `{}` for
 * a message, `null` where a message's JSON is no object of fields.
 */
export function singleFieldPrinter(field: DescField, context: PrinterContext): Print {
  const fields = compileFields([field], field.parent, context);
  const [printer] = fields.list as [FieldPrinter];
  const plainMessage = printer.message !== undefined && printer.message.printMembers !== undefined;
  const unset = literal(plainMessage ? "{}" : declaredDefaultText(field, context.options));
  return (b, p, end, q, depth) => {
    const base = reserveSlots(fields.slotCount);
    locate(fields, b, p, end, base, depth);
    const first = slots[base + printer.slot] as number;
    if (first >= 0) return printFound(printer, b, first, end, q, depth, base);
    if (q + unset.length + room > capacity) grow(q, unset.length + room);
    return printLiteral(q, unset);
  };
}
