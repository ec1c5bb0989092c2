import { skipValue } from "../../wire/skip-field.ts";
import { position, readTag, readVarint32 } from "../../wire/varint.ts";
import { tagOf, WireType } from "../../wire/wire-type.ts";
import { slots } from "../slots.ts";
import type { Literal } from "./literal.ts";
import type { MessagePrinter, Print } from "./value-printer.ts";

/** How one field is found on the wire and printed. */
export interface FieldPrinter {
  readonly tag: number;
  /** The tag of packed values, which every list of numbers accepts; otherwise 0, which no tag is. */
  readonly packedTag: number;
  readonly repeated: boolean;
  /** True for scalars and enums, singular: of their occurrences one is printed where it stands. */
  readonly inPlace: boolean;
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
  /** The field's place among the message's. Its two slots stand at twice that from the message's first. */
  readonly index: number;
  readonly print: Print;
}

/** The fields of a message, compiled on its first use. */
export interface Fields {
  readonly list: readonly FieldPrinter[];
  /** Fields by number: low numbers in an array, the others in a map. */
  readonly low: readonly (FieldPrinter | undefined)[];
  readonly high: ReadonlyMap<number, FieldPrinter>;
  /** Two for each field, then one for each oneof. */
  readonly slotCount: number;
  /** Whether the fields are expected on the wire in the order of the list, each once, of a oneof one. */
  ordered: boolean;
}

/** The first pass: where the fields stand between `p` and `end`. */
export function locate(
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
    p = skipValue(b, p, end, tag, depth);
    if (field === undefined || (tag !== field.tag && tag !== field.packedTag)) continue;
    const slot = base + field.index * 2;
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
}

/** Of a oneof the last field on the wire counts. */
function enterOneof(fields: Fields, field: FieldPrinter, base: number): void {
  const at = base + fields.list.length * 2 + field.oneof;
  const before = slots[at] as number;
  if (before >= 0 && before !== field.index) slots[base + before * 2] = -1;
  slots[at] = field.index;
}

/** Tags of google's message_set.proto: `repeated group Item = 1 { int32 type_id = 2; bytes message = 3; }`. */
const itemTag = tagOf(1, WireType.START_GROUP);
const itemEndTag = tagOf(1, WireType.END_GROUP);
const typeIdTag = tagOf(2, WireType.VARINT);
const itemMessageTag = tagOf(3, WireType.LENGTH);

/** As {@link locate}, for a MessageSet, whose fields stand in items. Of items with one type the last counts. */
export function locateMessageSet(
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
      slots[base + field.index * 2] = messageAt;
      slots[base + field.index * 2 + 1] = messageAt;
    }
  }
}
