import { maxDepth } from "../../wire/skip-field.ts";
import { viewOf } from "../input-view.ts";
import { capacity, grow, room } from "../output-buffer.ts";
import { skipSpace } from "../skip-json.ts";
import { releaseSlots, reserveSlots } from "../slots.ts";
import { addKey, extensionKey, objectEnd, objectStart } from "./key-trail.ts";
import { give, isGiven, isNull, type Member, type Members, takeOneof } from "./member.ts";
import type { Read } from "./read.ts";
import { valueAfterKey } from "./read-sequence.ts";
import { endAt, position, unusual } from "./text-position.ts";

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
          const isAbsent = isNull(b, p) && !member.takesNull;
          give(member, base, isAbsent);
          if (isAbsent) {
            endAt(p + 4);
          } else {
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
