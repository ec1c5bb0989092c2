import type { DescMessage } from "@bufbuild/protobuf";
import { maxDepth } from "../../wire/skip-field.ts";
import { WireType } from "../../wire/wire-type.ts";
import { keyStep } from "../field-path-text.ts";
import { type FieldsOf, isMessageSet, jsonKey, type MessageField } from "../message-fields.ts";
import { bytes, capacity, grow, room } from "../output-buffer.ts";
import { fieldWriter, Presence, takesNull, toObject, type WriterContext } from "./field-writer.ts";
import { polluted } from "./prototype-pollution.ts";
import { UnexpectedValue } from "./unexpected-value.ts";
import type { ValueWriter, Violations } from "./value-writer.ts";
import { closeLength, writeVarint32 } from "./write-varint.ts";

/** Writes the fields of one message type from a JSON object. */
export interface MessageWriter extends ValueWriter {
  /** As `write`, for the object of an Any: its key `@type` is no field. */
  writeAny(p: number, value: unknown, depth: number): number;
  diagnoseAny: ValueWriter["diagnose"];
}

/** One key that the object may have: a field under its JSON name or its proto name. */
interface Member extends ValueWriter {
  readonly key: string;
  /** The field's JSON name, of a member under the proto name: both together are ambiguous. */
  readonly alias: string | undefined;
  /** Position of the field's oneof in the message; -1 for none. */
  readonly oneof: number;
  readonly required: boolean;
  readonly takesNull: boolean;
  /**
   * The member that followed this one last time. Objects of one type mostly have their keys in one
   * order, so that a comparison of identical strings replaces the look-up.
   */
  next: Member;
}

/** The fields of a message, compiled on its first use. */
interface Members {
  readonly byKey: ReadonlyMap<string, Member>;
  readonly first: Member;
  readonly required: readonly string[];
}

/** Stands before the first key and after the last: equal to no key of an object. */
function noMember(): Member {
  const member = {
    key: "",
    alias: undefined,
    oneof: -1,
    required: false,
    takesNull: false,
    write: () => 0,
    diagnose: () => {},
  } as unknown as Member;
  member.next = member;
  return member;
}

/** Writer of a message without a special JSON form. */
export function messageWriter(
  message: DescMessage,
  fieldsOf: FieldsOf,
  context: WriterContext,
): MessageWriter {
  const ignoreUnknown = context.options.unknownFields === "ignore";
  let members: Members | undefined;

  function writeMembers(p: number, value: unknown, depth: number, inAny = false): number {
    if (members === undefined) members = compileMembers(message, fieldsOf, context);
    const object = toObject(value, "object");
    if (depth > maxDepth) throw new UnexpectedValue(tooDeep);
    const { byKey } = members;
    let previous = members.first;
    let member = previous.next;
    let required = 0;
    let oneofs = 0;
    let moreOneofs: Set<number> | undefined;
    for (const key in object) {
      if (polluted && !Object.hasOwn(object, key)) continue;
      if (key !== member.key) {
        const found = byKey.get(key);
        if (found === undefined) {
          if (ignoreUnknown || (inAny && key === "@type")) continue;
          throw new UnexpectedValue(unknownField(message));
        }
        previous.next = found;
        member = found;
      }
      const json = object[key];
      if (json !== null || member.takesNull) {
        if (member.alias !== undefined && isGiven(object, member.alias)) {
          throw new UnexpectedValue(ambiguous(member.key, member.alias));
        }
        if (member.required) required++;
        const { oneof } = member;
        if (p + room > capacity) grow(p, room);
        const end = member.write(p, json, depth);
        if (oneof >= 0 && end !== p) {
          if (oneof < 32) {
            const bit = 1 << oneof;
            if ((oneofs & bit) !== 0) throw new UnexpectedValue(secondOfOneof(message, oneof));
            oneofs |= bit;
          } else {
            moreOneofs ??= new Set();
            if (moreOneofs.has(oneof)) throw new UnexpectedValue(secondOfOneof(message, oneof));
            moreOneofs.add(oneof);
          }
        }
        p = end;
      }
      previous = member;
      member = member.next;
    }
    if (required < members.required.length)
      throw new UnexpectedValue("required fields are missing");
    return p;
  }

  function diagnoseMembers(
    value: unknown,
    path: string,
    violations: Violations,
    depth: number,
    inAny: boolean,
  ): void {
    violations.catch(path, () => {
      const object = toObject(value, "object");
      if (depth > maxDepth) throw new UnexpectedValue(tooDeep);
      const { byKey, required } = members ?? compileMembers(message, fieldsOf, context);
      const oneofs = new Map<number, string>();
      const missing = new Set(required);
      for (const key of Object.keys(object)) {
        if (violations.full) return;
        if (inAny && key === "@type") continue;
        const member = byKey.get(key);
        const step = path + keyStep(key);
        if (member === undefined) {
          if (!ignoreUnknown) violations.add(step, unknownField(message));
          continue;
        }
        const json = object[key];
        if (json === null && !member.takesNull) continue;
        missing.delete(member.alias ?? key);
        if (member.alias !== undefined) {
          if (isGiven(object, member.alias)) {
            violations.add(step, ambiguous(key, member.alias));
          }
        }
        if (member.oneof >= 0) {
          if (oneofs.has(member.oneof)) violations.add(step, secondOfOneof(message, member.oneof));
          oneofs.set(member.oneof, key);
        }
        member.diagnose(json, step, violations, depth);
      }
      for (const key of missing) violations.add(path + keyStep(key), "this field is required");
    });
  }

  return {
    write: writeMembers,
    writeAny: (p, value, depth) => writeMembers(p, value, depth, true),
    diagnose: (value, path, violations, depth) =>
      diagnoseMembers(value, path, violations, depth, false),
    diagnoseAny: (value, path, violations, depth) =>
      diagnoseMembers(value, path, violations, depth, true),
  };
}

function isGiven(object: Record<string, unknown>, key: string): boolean {
  return Object.hasOwn(object, key) && object[key] !== null;
}

const tooDeep = `messages are nested more than ${maxDepth} deep`;

function unknownField(message: DescMessage): string {
  return `${message.typeName} has no such field`;
}

function ambiguous(key: string, alias: string): string {
  return `${JSON.stringify(key)} and ${JSON.stringify(alias)} are one field: give one of them`;
}

function secondOfOneof(message: DescMessage, oneof: number): string {
  return `only one field of the oneof ${JSON.stringify(message.oneofs[oneof]?.name)} may be set`;
}

function compileMembers(message: DescMessage, fieldsOf: FieldsOf, context: WriterContext): Members {
  const byKey = new Map<string, Member>();
  const required: string[] = [];
  const none = noMember();
  const fields = fieldsOf(message);
  const jsonKeys = new Set(fields.map((field) => jsonKey(field, "json")));
  for (const field of fields) {
    const { write, diagnose } =
      isMessageSet(message) && field.fieldKind === "message"
        ? messageSetItemWriter(field, context)
        : fieldWriter(field, context);
    const key = jsonKey(field, "json");
    const protoKey = jsonKey(field, "proto");
    // A key that is one field's JSON name and another's proto name means the first.
    const spellings = jsonKeys.has(protoKey) ? [key] : [key, protoKey];
    if (field.presence === Presence.REQUIRED) required.push(key);
    for (const [i, spelling] of spellings.entries()) {
      byKey.set(spelling, {
        key: spelling,
        alias: i === 0 ? undefined : key,
        oneof: field.oneof === undefined ? -1 : message.oneofs.indexOf(field.oneof),
        required: field.presence === Presence.REQUIRED,
        takesNull: takesNull(field),
        next: none,
        write,
        diagnose,
      });
    }
  }
  return { byKey, first: { ...none, next: none }, required };
}

/** One item of a MessageSet: a group 1 of type_id (2) and message (3), as google's message_set.proto describes. */
function messageSetItemWriter(
  field: MessageField & { fieldKind: "message" },
  context: WriterContext,
): ValueWriter {
  const message = context.messageWriter(field.message);
  return {
    write(p, value, depth) {
      bytes[p] = 8 + WireType.START_GROUP;
      bytes[p + 1] = 16 + WireType.VARINT;
      const start = writeVarint32(p + 2, field.number) + 1;
      bytes[start - 1] = 24 + WireType.LENGTH;
      const end = closeLength(start, 1, message.write(start + 1, value, depth + 1));
      if (end + room > capacity) grow(end, room);
      bytes[end] = 8 + WireType.END_GROUP;
      return end + 1;
    },
    diagnose: (value, path, violations, depth) =>
      message.diagnose(value, path, violations, depth + 1),
  };
}
