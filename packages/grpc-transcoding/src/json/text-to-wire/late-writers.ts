import { keyStep } from "../field-path-text.ts";
import type { JsonOptions } from "../json-codec.ts";
import { type MessageField, Presence } from "../message-fields.ts";
import { bytes, capacity, grow, room } from "../output-buffer.ts";
import type { InferredMask } from "../request-layout.ts";
import { skipSpace } from "../skip-json.ts";
import { enumWriter, taggedEnumWriter, taggedScalarWriter } from "../to-wire/scalar-writers.ts";
import type { Write } from "../to-wire/write.ts";
import { writeString } from "../to-wire/write-string.ts";
import { diagnosing, readPart } from "./diagnosis.ts";
import { messageFieldReader } from "./field-reader.ts";
import { cutTrail, type TrailStep, trail, trailLength } from "./key-trail.ts";
import { giveLate, isGiven, isNull, type Member, takeOneof } from "./member.ts";
import type { LateWriter } from "./message-reader.ts";
import { body, fields } from "./request-parts.ts";
import { checkWhole, endAt, type Read, type Trailing, unusual } from "./text-position.ts";

const emptyObject = Buffer.from("{}");

/** Writes a member from elsewhere than the object's text: by a reader of another text, or of a value. */
function writeLate(
  member: Member,
  read: Read,
  b: Buffer,
  p: number,
  q: number,
  base: number,
  depth: number,
): number {
  giveLate(member, base);
  const end = diagnosing
    ? readPart(keyStep(member.name), read, b, p, q, depth)
    : read(b, p, q, depth);
  if (end !== q) takeOneof(member, base);
  return end;
}

/** Writes what a value of the request gives to a field: as it is, or if it has parts through its text. */
export function valueWriter(
  member: Member,
  read: Read,
  options: JsonOptions,
  getValue: () => unknown,
): LateWriter {
  const write = writerOf(member.rule.field as MessageField, read, options);
  // Undefined where the path has no such value, which is said elsewhere.
  const readValue: Read = (_b, _p, q, depth) => {
    const value = getValue();
    return value === undefined ? q : write(q, value, depth);
  };
  return (q, base, depth) => writeLate(member, readValue, emptyObject, 0, q, base, depth);
}

function writerOf(field: MessageField, read: Read, options: JsonOptions): Write {
  const { number, presence } = field;
  const skipDefault = presence === Presence.IMPLICIT;
  if (field.fieldKind === "scalar") return taggedScalarWriter(field.scalar, number, skipDefault);
  if (field.fieldKind === "enum") {
    return taggedEnumWriter(enumWriter(field.enum, options), number, skipDefault);
  }
  return (q, value, depth) => read(Buffer.from(JSON.stringify(value)), 0, q, depth);
}

/** Writes the further fields of the request. */
export function fieldsWriter(
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
        write = valueWriter(member, member.read, options, () => fields[name]);
        writers.set(name, write);
      }
      if (q + room > capacity) grow(q, room);
      q = write(q, base, depth);
    }
    return q;
  };
}

/** Writes a message with bound fields where the text has none. */
export function missingMessageWriter(member: Member): LateWriter {
  return (q, base, depth) => {
    if (isGiven(member, base)) return q;
    const steps = trailLength;
    const end = writeLate(member, member.read, emptyObject, 0, q, base, depth);
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
    if (member.takesNull || !isNull(text, p)) {
      q = writeLate(member, member.read, text, p, q, base, depth);
    } else {
      endAt(p + 4);
    }
    checkWhole(text, trailing);
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
  let paths: readonly string[] = [];

  const writePaths = messageFieldReader(field, (_b, _p, q) => {
    for (const path of paths) {
      if (q + room > capacity) grow(q, room);
      bytes[q] = 10;
      q = writeString(q + 1, path);
    }
    return q;
  });

  return (q, base, depth) => {
    if (isGiven(member, base)) return q;
    if (isTrail(keptTrail)) {
      if (q + kept.length > capacity) grow(q, kept.length);
      return q + kept.copy(bytes, q);
    }
    const steps = trail.slice(0, trailLength);
    const found = pathsOf(steps);
    if (found === undefined && !diagnosing) unusual();
    paths = found ?? [];
    const end = paths.length === 0 ? q : writePaths(emptyObject, 0, q, depth);
    if (trailLength <= keptSteps && !steps.some(isOfClient)) {
      keptTrail = steps;
      kept = Buffer.from(bytes.subarray(q, end));
    }
    return end;
  };
}

/** Whether a step holds what only this request has. */
function isOfClient(step: TrailStep): boolean {
  return typeof step === "object" && (step.kind === "struct" || step.kind === "unknown");
}

function isTrail(steps: readonly TrailStep[]): boolean {
  if (steps.length !== trailLength) return false;
  for (let i = 0; i < trailLength; i++) if (steps[i] !== trail[i]) return false;
  return true;
}
