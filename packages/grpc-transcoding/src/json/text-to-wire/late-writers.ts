import { keyStep } from "../field-path-text.ts";
import type { JsonOptions } from "../json-codec.ts";
import type { MessageField } from "../message-fields.ts";
import { bytes, capacity, grow, room } from "../output-buffer.ts";
import type { InferredMask } from "../request-layout.ts";
import { skipSpace } from "../skip-json.ts";
import type { Write } from "../to-wire/write.ts";
import { writeString } from "../to-wire/write-string.ts";
import { diagnosing, readPart } from "./diagnosis.ts";
import { messageFieldReader } from "./field-reader.ts";
import { cutTrail, type TrailStep, trail, trailLength } from "./key-trail.ts";
import { giveLate, isGiven, isNull, type Member, takeOneof } from "./member.ts";
import type { LateWriter } from "./message-reader.ts";
import type { Read } from "./read.ts";
import { body, fields, values } from "./request-parts.ts";
import { endAt, unusual } from "./text-position.ts";
import { valueWriter } from "./value-writer.ts";
import { checkWhole, type Trailing } from "./whole-text.ts";

const emptyObject = Buffer.from("{}");

/** Reads a member from another text than the object's. */
function readMember(member: Member, b: Buffer, p: number, q: number, depth: number): number {
  return diagnosing
    ? readPart(keyStep(member.name), member.read, b, p, q, depth)
    : member.read(b, p, q, depth);
}

/** Writes a member's value. */
function writeMember(
  member: Member,
  write: Write,
  value: unknown,
  q: number,
  depth: number,
): number {
  if (!diagnosing) return write(q, value, depth);
  const writeValue: Read = (_b, _p, end) => write(end, value, depth);
  return readPart(keyStep(member.name), writeValue, emptyObject, 0, q, depth);
}

/** Writes the value that the request's path gives to a field, whatever the text says of it. */
export function boundValueWriter(member: Member, index: number, write: Write): LateWriter {
  return (q, base, depth) => {
    giveLate(member, base);
    takeOneof(member, base);
    const value = values[index];
    // Undefined where the path has no such value, which is said elsewhere.
    return value === undefined ? q : writeMember(member, write, value, q, depth);
  };
}

/** Writes a message with bound fields where the text has none. */
export function missingMessageWriter(member: Member): LateWriter {
  return (q, base, depth) => {
    if (isGiven(member, base)) return q;
    giveLate(member, base);
    takeOneof(member, base);
    const steps = trailLength;
    const end = readMember(member, emptyObject, 0, q, depth);
    // The body has no such key.
    cutTrail(steps);
    return end;
  };
}

/** Writes the field that the body is the value of. */
export function bodyWriter(member: Member, trailing: Trailing): LateWriter {
  return (q, base, depth) => {
    if (body.length === 0) return q;
    const text = body;
    const p = skipSpace(text, 0);
    let end = q;
    if (!member.takesNull && isNull(text, p)) {
      endAt(p + 4);
    } else {
      giveLate(member, base);
      end = readMember(member, text, p, q, depth);
      if (end !== q) takeOneof(member, base);
    }
    checkWhole(text, trailing);
    return end;
  };
}

/** Writes the fields that the request's query gives. */
export function furtherFieldsWriter(
  byName: ReadonlyMap<string, Member>,
  options: JsonOptions,
): LateWriter {
  const writers = new Map<string, LateWriter>();
  return (q, base, depth) => {
    for (const name in fields) {
      if (!Object.hasOwn(fields, name)) continue;
      let write = writers.get(name);
      if (write === undefined) {
        const member = byName.get(name) as Member;
        const field = member.rule.field as MessageField;
        write = furtherFieldWriter(member, valueWriter(field, member.read, options));
        writers.set(name, write);
      }
      if (q + room > capacity) grow(q, room);
      q = write(q, base, depth);
    }
    return q;
  };
}

function furtherFieldWriter(member: Member, write: Write): LateWriter {
  return (q, base, depth) => {
    giveLate(member, base);
    const end = writeMember(member, write, fields[member.name], q, depth);
    if (end !== q) takeOneof(member, base);
    return end;
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
    if (isTrail(keptTrail)) {
      if (q + kept.length > capacity) grow(q, kept.length);
      return q + kept.copy(bytes, q);
    }
    const steps = trail.slice(0, trailLength);
    const paths = pathsOf(steps);
    if (paths === undefined && !diagnosing) unusual();
    const end = writeMask(paths ?? [], q);
    if (trailLength <= keptSteps) {
      keptTrail = steps;
      kept = Buffer.from(bytes.subarray(q, end));
    }
    return end;
  };
}

function isTrail(steps: readonly TrailStep[]): boolean {
  if (steps.length !== trailLength) return false;
  for (let i = 0; i < trailLength; i++) if (steps[i] !== trail[i]) return false;
  return true;
}
