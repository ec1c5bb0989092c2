import type { MessageField } from "../message-fields.ts";
import { Presence } from "../message-members.ts";
import { bytes, capacity, grow, room } from "../output-buffer.ts";
import { printJson } from "../print-json.ts";
import type { InferredMask } from "../request-layout.ts";
import { skipSpace } from "../skip-json.ts";
import { taggedScalarWriter } from "../to-wire/scalar-writers.ts";
import type { Write } from "../to-wire/write.ts";
import { writeString } from "../to-wire/write-string.ts";
import { messageFieldReader } from "./field-reader.ts";
import { type TrailStep, trail, trailLength } from "./key-trail.ts";
import {
  give,
  isGiven,
  isNull,
  type LateWriter,
  type Member,
  takeOneof,
} from "./message-reader.ts";
import type { Read } from "./read.ts";
import { parts } from "./request-parts.ts";
import { endAt, unusual } from "./text-position.ts";
import { checkWhole, type Trailing } from "./whole-text.ts";

const emptyObject = Buffer.from("{}");

/** Writes a field's value: scalars as they are, others through their text, as `read` takes it. */
function valueWriter(field: MessageField, read: Read): Write {
  if (field.fieldKind === "scalar") {
    const skipDefault = field.presence === Presence.IMPLICIT;
    return taggedScalarWriter(field.scalar, field.number, skipDefault);
  }
  return function writeText(q, value, depth) {
    const text = typeof value === "string" ? JSON.stringify(value) : printJson(value);
    return read(Buffer.from(text), 0, q, depth);
  };
}

/** Writes the value that the request's path gives to a field, whatever the text says of it. */
export function boundValueWriter(member: Member, index: number, read: Read): LateWriter {
  const write = valueWriter(member.field as MessageField, read);
  return (q, base, depth) => {
    if (!isGiven(member, base)) give(member, base);
    takeOneof(member, base);
    return write(q, parts.values[index], depth);
  };
}

/** Writes a message with bound fields where the text has none. */
export function missingMessageWriter(member: Member): LateWriter {
  return (q, base, depth) => {
    if (isGiven(member, base)) return q;
    give(member, base);
    takeOneof(member, base);
    return member.read(emptyObject, 0, q, depth);
  };
}

/** Writes the field that the body is the value of. */
export function bodyWriter(member: Member, trailing: Trailing): LateWriter {
  return (q, base, depth) => {
    const { body } = parts;
    if (body.length === 0) return q;
    const p = skipSpace(body, 0);
    let end = q;
    if (!member.takesNull && isNull(body, p)) {
      endAt(p + 4);
    } else {
      give(member, base);
      end = member.read(body, p, q, depth);
      if (end !== q) takeOneof(member, base);
    }
    checkWhole(body, trailing);
    return end;
  };
}

/** Writes the fields that the request's query gives. */
export function furtherFieldsWriter(byName: ReadonlyMap<string, Member>): LateWriter {
  const writers = new Map<Member, Write>();
  return (q, base, depth) => {
    for (const [name, value] of Object.entries(parts.fields)) {
      const member = byName.get(name) ?? unusual();
      let write = writers.get(member);
      if (write === undefined) {
        write = valueWriter(member.field as MessageField, member.read);
        writers.set(member, write);
      }
      give(member, base);
      if (q + room > capacity) grow(q, room);
      const end = write(q, value, depth);
      if (end !== q) takeOneof(member, base);
      q = end;
    }
    return q;
  };
}

// The masks of longer bodies are made anew each time.
const keptSteps = 256;

/** Writes the mask of the keys that the body has, unless the request gives one. */
export function maskWriter(member: Member, { field, pathsOf }: InferredMask): LateWriter {
  // Bodies of one method mostly have the same keys as the last one.
  let keptTrail: readonly TrailStep[] = [];
  let kept = Buffer.alloc(0);

  function writeMask(paths: readonly string[], q: number): number {
    const write = messageFieldReader(field, (_b, _p, end) => {
      for (const path of paths) {
        if (end + room > capacity) grow(end, room);
        bytes[end] = 10;
        end = writeString(end + 1, path);
      }
      return end;
    });
    return paths.length === 0 ? q : write(emptyObject, 0, q, 1);
  }

  return (q, base) => {
    if (isGiven(member, base)) return q;
    let end = q;
    if (isTrail(keptTrail)) {
      if (q + kept.length > capacity) grow(q, kept.length);
      end = q + kept.copy(bytes, q);
    } else {
      const steps = trail.slice(0, trailLength);
      end = writeMask(pathsOf(steps) ?? unusual(), q);
      if (trailLength <= keptSteps) {
        keptTrail = steps;
        kept = Buffer.from(bytes.subarray(q, end));
      }
    }
    if (end === q) return q;
    give(member, base);
    takeOneof(member, base);
    return end;
  };
}

function isTrail(steps: readonly TrailStep[]): boolean {
  if (steps.length !== trailLength) return false;
  for (let i = 0; i < trailLength; i++) if (steps[i] !== trail[i]) return false;
  return true;
}
