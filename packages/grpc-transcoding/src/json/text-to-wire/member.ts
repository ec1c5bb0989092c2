import { keyStep } from "../field-path-text.ts";
import type { MessageField } from "../message-fields.ts";
import { slots } from "../slots.ts";
import { wrong } from "./diagnosis.ts";
import { isWord } from "./read-scalar.ts";
import { type Read, unusual } from "./text-position.ts";

/** What an object may have, under one name or two: a field under its JSON name and its proto name. */
export interface MemberRule {
  /** The JSON name, then the other. Only one of them may have a value. */
  readonly names: readonly string[];
  /** Position of the field's oneof in the message, of which one member may have a value; -1 for none. */
  readonly oneof: number;
  readonly required: boolean;
  /** Whether `null` is a value, not the absence of one: for Value and NullValue. */
  readonly takesNull: boolean;
  /** Undefined for what is no field: an Any's `@type` and `value`. */
  readonly field: MessageField | undefined;
  readonly read: Read;
}

/** A {@link MemberRule} under one of its names. */
export interface Member {
  /** `"name":` in four-byte words, the last one padded with zeros; the mask covers what is not padding. */
  readonly words: readonly number[];
  readonly lastMask: number;
  /** Of {@link words}, in bytes, without the padding. */
  readonly length: number;
  readonly name: string;
  readonly rule: MemberRule;
  /** Number of the slot, which the two names share. */
  readonly slot: number;
  /** Number of the slot of the oneof; -1 for none. */
  readonly oneofSlot: number;
  /** What the slot holds once the name was given `null`, and once it was given a value. */
  readonly givenNull: number;
  readonly givenValue: number;
  readonly takesNull: boolean;
  readonly read: Read;
  /** The member that is expected to follow this one: texts of one type mostly have their keys in one order. */
  next: Member | undefined;
}

/** In a slot, one bit for each name that was given, and one for each that was given a value. */
const NAMES = [1, 2] as const;
const VALUES = 12;

/** Makes the members of a rule. The slots of oneofs begin at `oneofSlots`. */
export function membersOf(rule: MemberRule, slot: number, oneofSlots: number): Member[] {
  return rule.names.map((name, i) => {
    const text = Buffer.from(`"${name}":`);
    const bit = NAMES[i] as number;
    return {
      words: wordsOf(text),
      lastMask: lastMaskOf(text.length),
      length: text.length,
      name,
      rule,
      slot,
      oneofSlot: rule.oneof < 0 ? -1 : oneofSlots + rule.oneof,
      givenNull: bit,
      givenValue: bit | (bit << 2),
      takesNull: rule.takesNull,
      read: rule.read,
      next: undefined,
    };
  });
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

const nullWord = Buffer.from("null");

/** Whether `null` stands at `p`. What follows it is looked at by the caller. */
export function isNull(b: Buffer, p: number): boolean {
  return b[p] === 110 && isWord(b, p, nullWord);
}

/** Notes that a member was given. The same name twice is unusual: the last counts. */
export function give(member: Member, base: number, isNull: boolean): void {
  const { givenNull, givenValue } = member;
  const at = base + member.slot;
  const given = slots[at] as number;
  const bits = isNull ? givenNull : givenValue;
  if (given === -1) {
    slots[at] = bits;
  } else {
    if ((given & givenNull) !== 0) unusual();
    if (!isNull && (given & VALUES) !== 0) refuseBothNames(member.rule.names);
    slots[at] = given | bits;
  }
}

function refuseBothNames([jsonName = "", protoName = ""]: readonly string[]): void {
  const names = `${JSON.stringify(protoName)} and ${JSON.stringify(jsonName)}`;
  wrong(keyStep(protoName), () => `${names} are one field: give one of them`);
}

/** Whether a member has a value under either name. */
export function isGiven({ slot }: Member, base: number): boolean {
  const given = slots[base + slot] as number;
  return given !== -1 && (given & VALUES) !== 0;
}

/** Notes that a member has a value from elsewhere than the text. */
export function giveLate({ slot, givenValue }: Member, base: number): void {
  slots[base + slot] = givenValue;
}

/** Notes that a member was written, which of a oneof must be the only one. */
export function takeOneof({ oneofSlot, name, rule }: Member, base: number): void {
  if (oneofSlot < 0) return;
  if (slots[base + oneofSlot] !== -1) {
    const oneof = JSON.stringify(rule.field?.oneof?.name);
    wrong(keyStep(name), () => `only one field of the oneof ${oneof} may be set`);
  }
  slots[base + oneofSlot] = 1;
}
