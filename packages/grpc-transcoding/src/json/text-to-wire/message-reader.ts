import { maxDepth } from "../../wire/skip-field.ts";
import { keyStep } from "../field-path-text.ts";
import { viewOf } from "../input-view.ts";
import type { MessageField } from "../message-fields.ts";
import { capacity, grow, room } from "../output-buffer.ts";
import { skipSpace } from "../skip-json.ts";
import { releaseSlots, reserveSlots } from "../slots.ts";
import { excerpt, UnexpectedValue } from "../to-wire/unexpected-value.ts";
import { diagnosing, mismatch, readPart, wrong } from "./diagnosis.ts";
import { type KeyTable, keyTable } from "./key-table.ts";
import { addStep } from "./key-trail.ts";
import {
  give,
  isGiven,
  isNull,
  type Member,
  type MemberRule,
  membersOf,
  takeOneof,
} from "./member.ts";
import { valueAfterKey } from "./read-sequence.ts";
import { readNothing, readValue } from "./read-value.ts";
import { endAt, position, type Read, unusual } from "./text-position.ts";

/** Writes at `q`, where `room` bytes are free, fields of the message whose slots start at `base`. Returns the end. */
export type LateWriter = (q: number, base: number, depth: number) => number;

/** What an object is read by. */
export interface ObjectRules {
  readonly typeName: string;
  /** Whether the object is an Any with the special JSON form of the type under `value`. */
  readonly isAnyOf?: boolean;
  readonly members: readonly MemberRule[];
  /** Write what does not stand in the object, when it ends. */
  readonly late?: (byName: ReadonlyMap<string, Member>) => readonly LateWriter[];
}

/** {@link ObjectRules}, compiled. */
interface Members extends Pick<ObjectRules, "typeName" | "isAnyOf"> {
  readonly table: KeyTable<Member>;
  /** The member that is expected first. */
  first: Member | undefined;
  readonly slotCount: number;
  readonly required: readonly Member[];
  readonly late: readonly LateWriter[];
  /** Whether there is any of the two. */
  readonly hasMore: boolean;
}

function compileMembers({
  typeName,
  isAnyOf = false,
  members,
  late = () => [],
}: ObjectRules): Members {
  const all = members.map((rule, slot) => membersOf(rule, slot, members.length));
  const byName = new Map(all.flat().map((member) => [member.name, member]));
  const writers = late(byName);
  const required = all.flatMap(([first]) => (first?.rule.required ? [first] : []));
  return {
    typeName,
    isAnyOf,
    table: keyTable(byName),
    first: undefined,
    // The slots of oneofs stand behind those of the members.
    slotCount: members.reduce((most, { oneof }) => Math.max(most, members.length + oneof + 1), 0),
    required,
    late: writers,
    hasMore: writers.length + required.length > 0,
  };
}

/**
 * Reader of a message from the object of its fields. `readUnknown` takes the values of keys that are none;
 * without it they are errors. With `collects` the keys go into the trail.
 */
export function messageReader(
  rules: () => ObjectRules,
  readUnknown: Read | undefined,
  collects = false,
): Read {
  let members: Members | undefined;

  return function readMembers(b, p, q, depth) {
    if (members === undefined) members = compileMembers(rules());
    if (b[p] !== 123) mismatch("object", b, p);
    if (depth > maxDepth) throw new UnexpectedValue(tooDeep);
    if (collects) addStep("{");
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
          const key = p;
          member = members.table.find(b, p + 1);
          p = valueAfterKey(b);
          if (member === undefined) noMember(members, readUnknown, collects, b, key);
          else if (previous === undefined) members.first = member;
          else previous.next = member;
        }
        if (q + room > capacity) grow(q, room);
        if (member === undefined) {
          q = (readUnknown ?? readNothing)(b, p, q, depth);
        } else {
          previous = member;
          if (collects) addStep(member.rule.field as MessageField);
          const isAbsent = isNull(b, p) && !member.takesNull;
          give(member, base, isAbsent);
          if (isAbsent) {
            endAt(p + 4);
          } else {
            const end = diagnosing
              ? readPart(keyStep(member.name), member.read, b, p, q, depth)
              : member.read(b, p, q, depth);
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
    if (collects) addStep("}");
    releaseSlots(base);
    endAt(p);
    return q;
  };
}

const tooDeep = `messages are nested more than ${maxDepth} deep`;

/** Ends the reading where keys must be members, and puts others into the trail. */
function noMember(
  { typeName, isAnyOf }: Members,
  readUnknown: Read | undefined,
  collects: boolean,
  b: Buffer,
  p: number,
): void {
  if (readUnknown !== undefined && !collects) return;
  const key = readValue(b, p) as string;
  if (readUnknown === undefined) {
    if (isAnyOf) refuse(`${excerpt(key)} stands beside "value" in a google.protobuf.Any`);
    wrong(keyStep(key), () => `${typeName} has no such field`);
  } else addStep({ kind: "unknown", key, typeName });
}

/** Ends the reading of the whole object. */
function refuse(description: string): never {
  if (!diagnosing) unusual();
  throw new UnexpectedValue(description);
}

/** Writes what does not stand in the object, and checks that the message has all that it must. */
function finish(members: Members, q: number, base: number, depth: number): number {
  const { late, required, isAnyOf, typeName } = members;
  for (let i = 0; i < late.length; i++) {
    if (q + room > capacity) grow(q, room);
    q = (late[i] as LateWriter)(q, base, depth);
  }
  for (const member of required) {
    if (isGiven(member, base)) continue;
    if (isAnyOf) refuse(`"value" is missing from a google.protobuf.Any of ${typeName}`);
    wrong(keyStep(member.name), () => "this field is required");
  }
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
