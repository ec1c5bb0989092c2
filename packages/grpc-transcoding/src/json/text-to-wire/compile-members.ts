import type { MessageField } from "../message-fields.ts";
import { keyTable } from "./key-table.ts";
import { givenBits, type LateWriter, type Member, type Members } from "./member.ts";
import type { Read } from "./read.ts";

/** What a key of an object means: see MemberRule, which has it for the fields of a message. */
export interface KeyRule {
  readonly key: string;
  /** The first of two keys for one thing. */
  readonly jsonKey: string;
  /** -1 for none. */
  readonly oneof: number;
  readonly required: boolean;
  readonly takesNull: boolean;
  readonly field: MessageField | undefined;
  readonly read: Read;
}

/** Compiles the keys of an object. The slots of oneofs stand behind those of the keys. */
export function compileMembers(
  rules: readonly KeyRule[],
  lateWriters: (byName: ReadonlyMap<string, Member>) => readonly LateWriter[] = () => [],
): Members {
  const names = new Set(rules.map(({ jsonKey }) => jsonKey));
  const slots = new Map([...names].map((name, slot) => [name, slot]));
  const byName = new Map(
    rules.map(({ key, jsonKey, oneof, takesNull, field, read }) => {
      const { givenNull, givenValue } = givenBits(key === jsonKey);
      const text = Buffer.from(`"${key}":`);
      const member: Member = {
        words: wordsOf(text),
        lastMask: lastMaskOf(text.length),
        length: text.length,
        slot: slots.get(jsonKey) as number,
        oneofSlot: oneof < 0 ? -1 : slots.size + oneof,
        givenNull,
        givenValue,
        takesNull,
        field,
        read,
        next: undefined,
      };
      return [key, member] as const;
    }),
  );
  const late = lateWriters(byName);
  const required = rules
    .filter(({ key, jsonKey, required }) => required && key === jsonKey)
    .map(({ key }) => byName.get(key) as Member);
  return {
    byName,
    table: keyTable(byName),
    first: undefined,
    slotCount: slots.size + 1 + rules.reduce((most, { oneof }) => Math.max(most, oneof), -1),
    late,
    required,
    hasMore: late.length + required.length > 0,
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
