import type { DescMessage } from "@bufbuild/protobuf";
import { maxDepth } from "../../wire/skip-field.ts";
import { viewOf } from "../input-view.ts";
import { type FieldsOf, isMessageSet, jsonKey } from "../message-fields.ts";
import { capacity, grow, room } from "../output-buffer.ts";
import { releaseSlots, reserveSlots, slots } from "../slots.ts";
import { Presence, takesNull } from "../to-wire/field-writer.ts";
import { fieldReader, type Read, type ReaderContext } from "./field-reader.ts";
import { type KeyTable, keyTable } from "./key-table.ts";
import { isWord } from "./read-scalar.ts";
import { readValue } from "./read-value.ts";
import { endAt, position, skipSpace, unusual } from "./text-position.ts";

/** One key that the object may have: a field under its JSON name or its proto name. */
interface Member {
  /** `"name":` in four-byte words, the last one padded with zeros; the mask covers what is not padding. */
  readonly words: readonly number[];
  readonly lastMask: number;
  /** Of {@link words}, in bytes, without the padding. */
  readonly length: number;
  /** Number of the field's slot. The two names of a field have one. */
  readonly slot: number;
  /** Number of the slot of the field's oneof; -1 for none. */
  readonly oneofSlot: number;
  readonly required: boolean;
  readonly takesNull: boolean;
  readonly read: Read;
  /** The member that followed this one last time: texts of one type mostly have their keys in one order. */
  next: Member | undefined;
}

interface Members {
  readonly byName: KeyTable<Member>;
  first: Member | undefined;
  readonly requiredCount: number;
  readonly slotCount: number;
}

const nullWord = Buffer.from("null");

/** Reader of a message without a special JSON form; undefined for MessageSets. */
export function messageReader(
  message: DescMessage,
  fieldsOf: FieldsOf,
  context: ReaderContext,
): Read | undefined {
  if (isMessageSet(message)) return undefined;
  const { unknownFields, duplicateKeys } = context.options;
  // An unknown key given twice is seen by the way through values only.
  const skipsUnknown = unknownFields === "ignore" && duplicateKeys !== "reject";
  let members: Members | undefined;

  return function readMembers(b, p, q, depth) {
    if (members === undefined) members = compileMembers(message, fieldsOf, context);
    if (depth > maxDepth || b[p] !== 123) unusual();
    p = skipSpace(b, p + 1);
    if (b[p] === 125) {
      if (members.requiredCount > 0) unusual();
      endAt(p + 1);
      return q;
    }
    const base = reserveSlots(members.slotCount);
    let required = 0;
    let previous: Member | undefined;
    let member = members.first;
    for (;;) {
      if (member !== undefined && isNext(member, b, p)) {
        p = skipSpace(b, p + member.length);
      } else {
        if (b[p] !== 34) unusual();
        member = members.byName.find(b, p + 1);
        p = skipSpace(b, position);
        if (b[p] !== 58) unusual();
        p = skipSpace(b, p + 1);
        if (previous === undefined) members.first = member;
        else previous.next = member;
      }
      if (member === undefined) {
        if (!skipsUnknown) unusual();
        readValue(b, p);
        member = previous;
      } else {
        take(base + member.slot);
        if (b[p] === 110 && !member.takesNull && isWord(b, p, nullWord)) {
          endAt(p + 4);
        } else {
          if (member.oneofSlot >= 0) take(base + member.oneofSlot);
          if (member.required) required++;
          if (q + room > capacity) grow(q, room);
          q = member.read(b, p, q, depth);
        }
      }
      p = skipSpace(b, position);
      const c = b[p];
      p++;
      if (c === 125) break;
      if (c !== 44) unusual();
      p = skipSpace(b, p);
      previous = member;
      member = member?.next;
    }
    if (required < members.requiredCount) unusual();
    releaseSlots(base);
    endAt(p);
    return q;
  };
}

/** A field given twice is left to the way through values, and so is a second field of a oneof. */
function take(slot: number): void {
  if (slots[slot] !== -1) unusual();
  slots[slot] = 1;
}

function isNext(member: Member, b: Buffer, p: number): boolean {
  const { words } = member;
  const last = words.length - 1;
  if (p + words.length * 4 > b.length) return false;
  const text = viewOf(b);
  for (let i = 0; i < last; i++) if (text.getInt32(p + i * 4, true) !== words[i]) return false;
  return (text.getInt32(p + last * 4, true) & member.lastMask) === words[last];
}

function compileMembers(message: DescMessage, fieldsOf: FieldsOf, context: ReaderContext): Members {
  const fields = fieldsOf(message);
  const jsonKeys = new Set(fields.map((field) => jsonKey(field, "json")));
  const byName = new Map<string, Member>();
  let requiredCount = 0;
  for (const [slot, field] of fields.entries()) {
    const key = jsonKey(field, "json");
    const protoKey = jsonKey(field, "proto");
    const required = field.presence === Presence.REQUIRED;
    if (required) requiredCount++;
    const read = fieldReader(field, context);
    for (const name of jsonKeys.has(protoKey) ? [key] : [key, protoKey]) {
      const text = Buffer.from(`"${name}":`);
      byName.set(name, {
        words: wordsOf(text),
        lastMask: lastMaskOf(text.length),
        length: text.length,
        slot,
        oneofSlot:
          field.oneof === undefined ? -1 : fields.length + message.oneofs.indexOf(field.oneof),
        required,
        takesNull: takesNull(field),
        read,
        next: undefined,
      });
    }
  }
  return {
    byName: keyTable(byName),
    first: undefined,
    requiredCount,
    slotCount: fields.length + message.oneofs.length,
  };
}

function wordsOf(text: Buffer): readonly number[] {
  const padded = Buffer.alloc(Math.ceil(text.length / 4) * 4);
  text.copy(padded);
  return Array.from({ length: padded.length / 4 }, (_, i) => padded.readInt32LE(i * 4));
}

/**
 * The bits of the last of the words that `length` bytes take. Signed: numbers beyond 31 bits would give
 * members several layouts in memory, and each access to one would be a look-up.
 */
function lastMaskOf(length: number): number {
  return (-1 >>> ((-length & 3) * 8)) | 0;
}
