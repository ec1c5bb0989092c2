import { maxDepth } from "../../wire/skip-field.ts";
import { viewOf } from "../input-view.ts";
import type { MessageField } from "../message-fields.ts";
import { capacity, grow, room } from "../output-buffer.ts";
import { skipSpace } from "../skip-json.ts";
import { releaseSlots, reserveSlots, slots } from "../slots.ts";
import type { KeyTable } from "./key-table.ts";
import { addKey, extensionKey, objectEnd, objectStart } from "./key-trail.ts";
import type { Read } from "./read.ts";
import { isWord } from "./read-scalar.ts";
import { valueAfterKey } from "./read-sequence.ts";
import { endAt, position, unusual } from "./text-position.ts";

/** One key that a message's object may have: a field under its JSON name or its proto name. */
export interface Member {
  /** `"name":` in four-byte words, the last one padded with zeros; the mask covers what is not padding. */
  readonly words: readonly number[];
  readonly lastMask: number;
  /** Of {@link words}, in bytes, without the padding. */
  readonly length: number;
  /** Number of the key's slot. */
  readonly slot: number;
  /** Number of the slot of the field's other key; of its own where it has none. */
  readonly otherSlot: number;
  /** Number of the slot of the field's oneof; -1 for none. */
  readonly oneofSlot: number;
  readonly takesNull: boolean;
  /** Undefined for a key that is no field: an Any's `@type`. */
  readonly field: MessageField | undefined;
  readonly read: Read;
  /** The member that is expected to follow this one: texts of one type mostly have their keys in one order. */
  next: Member | undefined;
}

/** The keys of one message's object, compiled. */
export interface Members {
  readonly byName: ReadonlyMap<string, Member>;
  readonly table: KeyTable<Member>;
  /** The member that is expected first. */
  first: Member | undefined;
  /** Under their JSON names. */
  readonly required: readonly Member[];
  readonly slotCount: number;
  /** Whether there is any of the two. */
  readonly hasMore: boolean;
  /** Write what does not stand in the object, when it ends. */
  readonly late: readonly LateWriter[];
}

/** Writes at `q`, where `room` bytes are free, fields of the message whose slots start at `base`. Returns the end. */
export type LateWriter = (q: number, base: number, depth: number) => number;

/** What a key's slot holds from when it was given. */
const givenNull = 0;
const givenValue = 1;

const nullWord = Buffer.from("null");

/** Whether `null` stands at `p`. What follows it is looked at by the caller. */
export function isNull(b: Buffer, p: number): boolean {
  return b[p] === 110 && isWord(b, p, nullWord);
}

/** Whether a member's field has a value under either key. */
export function isGiven({ slot, otherSlot }: Member, base: number): boolean {
  return slots[base + slot] === givenValue || slots[base + otherSlot] === givenValue;
}

/** Notes that a member's field has a value. */
export function give({ slot }: Member, base: number): void {
  slots[base + slot] = givenValue;
}

/** Notes that a member was written, which of a oneof must be the only one. */
export function takeOneof({ oneofSlot }: Member, base: number): void {
  if (oneofSlot < 0) return;
  if (slots[base + oneofSlot] !== -1) unusual();
  slots[base + oneofSlot] = givenValue;
}

/**
 * Reader of a message from the object of its fields. `readUnknown` takes the values of keys that are none;
 * without it they are unusual. With `collects` the keys go into the trail.
 */
export function messageReader(
  compile: () => Members,
  readUnknown: Read | undefined,
  collects = false,
): Read {
  let members: Members | undefined;

  return function readMembers(b, p, q, depth) {
    if (members === undefined) members = compile();
    if (depth > maxDepth || b[p] !== 123) unusual();
    if (collects) addKey(objectStart);
    const base = reserveSlots(members.slotCount);
    p = skipSpace(b, p + 1);
    if (b[p] === 125) {
      p++;
    } else {
      let previous: Member | undefined;
      let member = members.first;
      for (;;) {
        if (member === undefined || !isNext(member, b, p)) member = laterMember(member, b, p);
        if (member !== undefined) {
          p = skipSpace(b, p + member.length);
        } else {
          if (b[p] !== 34) unusual();
          member = members.table.find(b, p + 1);
          p = valueAfterKey(b);
          if (previous === undefined) members.first = member;
          else if (member !== undefined) previous.next = member;
        }
        if (q + room > capacity) grow(q, room);
        if (member === undefined) {
          if (readUnknown === undefined) unusual();
          q = readUnknown(b, p, q, depth);
        } else {
          previous = member;
          if (collects) addKey(member.field?.kind === "field" ? member.field : extensionKey);
          // The same key twice: of these the last would count.
          if (slots[base + member.slot] !== -1) unusual();
          if (!member.takesNull && isNull(b, p)) {
            slots[base + member.slot] = givenNull;
            endAt(p + 4);
          } else {
            if (slots[base + member.otherSlot] === givenValue) unusual();
            give(member, base);
            const end = member.read(b, p, q, depth);
            if (member.oneofSlot >= 0 && end !== q) takeOneof(member, base);
            q = end;
          }
        }
        p = skipSpace(b, position);
        const c = b[p];
        p++;
        if (c === 125) break;
        if (c !== 44) unusual();
        p = skipSpace(b, p);
        member = previous?.next;
      }
    }
    if (members.hasMore) q = finish(members, q, base, depth);
    if (collects) addKey(objectEnd);
    releaseSlots(base);
    endAt(p);
    return q;
  };
}

/** Writes what does not stand in the object, and checks that the message has all that it must. */
function finish({ late, required }: Members, q: number, base: number, depth: number): number {
  for (const write of late) {
    if (q + room > capacity) grow(q, room);
    q = write(q, base, depth);
  }
  for (const member of required) if (!isGiven(member, base)) unusual();
  return q;
}

/** So many members in a row may be left out of a text whose keys are in the usual order. */
const leftOutMembers = 3;

/** The member at `p`, if it is one of those that mostly follow the given one. */
function laterMember(member: Member | undefined, b: Buffer, p: number): Member | undefined {
  for (let i = 0; i < leftOutMembers; i++) {
    member = member?.next;
    if (member === undefined || isNext(member, b, p)) return member;
  }
  return undefined;
}

function isNext(member: Member, b: Buffer, p: number): boolean {
  const { words } = member;
  const last = words.length - 1;
  if (p + words.length * 4 > b.length) return false;
  const text = viewOf(b);
  for (let i = 0; i < last; i++) if (text.getInt32(p + i * 4, true) !== words[i]) return false;
  return (text.getInt32(p + last * 4, true) & member.lastMask) === words[last];
}
