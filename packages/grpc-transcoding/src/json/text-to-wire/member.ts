import type { MessageField } from "../message-fields.ts";
import { slots } from "../slots.ts";
import type { KeyTable } from "./key-table.ts";
import type { Read } from "./read.ts";
import { isWord } from "./read-scalar.ts";
import { unusual } from "./text-position.ts";

/** One key that a message's object may have: a field under its JSON name or its proto name. */
export interface Member {
  /** `"name":` in four-byte words, the last one padded with zeros; the mask covers what is not padding. */
  readonly words: readonly number[];
  readonly lastMask: number;
  /** Of {@link words}, in bytes, without the padding. */
  readonly length: number;
  /** Number of the field's slot, which the two names of a field share. */
  readonly slot: number;
  /** Number of the slot of the field's oneof; -1 for none. */
  readonly oneofSlot: number;
  /** What the slot holds once the key was given `null`, and once it was given a value. */
  readonly givenNull: number;
  readonly givenValue: number;
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
  readonly slotCount: number;
  /** Under their JSON names. */
  readonly required: readonly Member[];
  /** Write what does not stand in the object, when it ends. */
  readonly late: readonly LateWriter[];
  /** Whether there is any of the two. */
  readonly hasMore: boolean;
}

/** Writes at `q`, where `room` bytes are free, fields of the message whose slots start at `base`. Returns the end. */
export type LateWriter = (q: number, base: number, depth: number) => number;

/** In a slot, one bit for each name that was given, and one for each that was given a value. */
const JSON_NAME = 1;
const PROTO_NAME = 2;
const VALUES = 12;

/** The bits of a member's name. */
export function givenBits(isJsonName: boolean): Pick<Member, "givenNull" | "givenValue"> {
  const name = isJsonName ? JSON_NAME : PROTO_NAME;
  return { givenNull: name, givenValue: name | (name << 2) };
}

const nullWord = Buffer.from("null");

/** Whether `null` stands at `p`. What follows it is looked at by the caller. */
export function isNull(b: Buffer, p: number): boolean {
  return b[p] === 110 && isWord(b, p, nullWord);
}

/** Notes that a member was given. Of two names one may have a value; the same name twice is unusual: the last counts. */
export function give({ slot, givenNull, givenValue }: Member, base: number, isNull: boolean): void {
  const at = base + slot;
  const given = slots[at] as number;
  if (given === -1) slots[at] = isNull ? givenNull : givenValue;
  else if ((given & givenNull) !== 0 || (!isNull && (given & VALUES) !== 0)) unusual();
  else slots[at] = given | (isNull ? givenNull : givenValue);
}

/** Whether a member's field has a value under either name. */
export function isGiven({ slot }: Member, base: number): boolean {
  const given = slots[base + slot] as number;
  return given !== -1 && (given & VALUES) !== 0;
}

/** Notes that a member's field has a value from elsewhere than the text. */
export function giveLate({ slot, givenValue }: Member, base: number): void {
  slots[base + slot] = givenValue;
}

/** Notes that a member was written, which of a oneof must be the only one. */
export function takeOneof({ oneofSlot }: Member, base: number): void {
  if (oneofSlot < 0) return;
  if (slots[base + oneofSlot] !== -1) unusual();
  slots[base + oneofSlot] = 1;
}
