import { isUtf8 } from "node:buffer";
import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { asBuffer } from "../as-buffer.ts";
import type { MessageField } from "../message-fields.ts";
import type { BoundField, RequestEncoder, RequestLayout, RequestParts } from "../request-layout.ts";
import { isSpecialMessage, isStruct } from "../well-known/special-messages.ts";
import type { Readers } from "./create-readers.ts";
import { diagnoseText } from "./diagnose-text.ts";
import { diagnosing } from "./diagnosis.ts";
import { encodeText } from "./encode-text.ts";
import { fieldReader, messageFieldReader } from "./field-reader.ts";
import { addStep, cutTrail, trail, trailLength } from "./key-trail.ts";
import {
  bodyWriter,
  boundValueWriter,
  furtherFieldsWriter,
  maskWriter,
  missingMessageWriter,
} from "./late-writers.ts";
import type { Member } from "./member.ts";
import { type LateWriter, messageReader } from "./message-reader.ts";
import type { Read } from "./read.ts";
import { readValue } from "./read-value.ts";
import { conflicts, forgetBody, setParts, values } from "./request-parts.ts";
import { unusual } from "./text-position.ts";
import { valueWriter } from "./value-writer.ts";

const emptyObject = Buffer.from("{}");

/**
 * Compiles the encoder of requests whose message comes from several parts. The message is written as if all
 * stood in one text, since not every reader merges two occurrences of a message.
 */
export function requestEncoder(layout: RequestLayout, readers: Readers): RequestEncoder {
  const { body, message, trailing } = layout;
  const mayBeNone = body === "*" && isSpecialMessage(message);
  const read = compileRequest(layout, readers);

  function encode(request: RequestParts): Buffer | undefined {
    if (body !== undefined && !isUtf8(request.body)) return undefined;
    const text = asBuffer(request.body);
    if (mayBeNone && text.length === 0) return undefined;
    setParts(text, request);
    cutTrail(0);
    const bytes = encodeText(read, body === "*" && text.length > 0 ? text : emptyObject, trailing);
    forgetBody();
    return bytes;
  }

  return {
    encode,
    diagnose(request) {
      const isText = body !== undefined && request.body.length > 0;
      const found = diagnoseText(
        isText ? asBuffer(request.body) : emptyObject,
        readers.options.duplicateKeys === "reject",
        (text) => encode(isText ? { ...request, body: text } : request),
      );
      return { ...found, trail: trail.slice(0, trailLength), conflicts: new Set(conflicts) };
    },
  };
}

/** The bound fields of a message, and of the messages in it. */
interface BoundFields {
  readonly values: Map<MessageField, BoundValue>;
  readonly messages: Map<MessageField, BoundFields>;
}

/** A bound field, and the index of its value. */
interface BoundValue extends BoundField {
  readonly index: number;
}

function boundFields(bound: readonly BoundField[]): BoundFields {
  const root: BoundFields = noBoundFields();
  for (const [index, field] of bound.entries()) {
    let level = root;
    for (const step of field.path.slice(0, -1)) {
      const inner = level.messages.get(step) ?? noBoundFields();
      level.messages.set(step, inner);
      level = inner;
    }
    level.values.set(field.path.at(-1) as DescField, { ...field, index });
  }
  return root;
}

function noBoundFields(): BoundFields {
  return { values: new Map(), messages: new Map() };
}

function compileRequest(layout: RequestLayout, readers: Readers): Read {
  const { message, body, mask, trailing } = layout;
  const collecting = new Map<DescMessage, Read>();
  const bodyField = typeof body === "object" ? body : undefined;

  /** The reader of a message with bound fields. With `collects` its keys go into the trail. */
  function partReader(type: DescMessage, bound: BoundFields, collects: boolean): Read {
    return messageReader(
      () => ({
        typeName: type.typeName,
        members: readers.memberRules(type, (field) => readerOf(field, bound, collects)),
        late: (byName) => boundWriters(bound, byName),
      }),
      readers.readUnknown,
      collects,
    );
  }

  /** The reader of a field that is not read as usual. */
  function readerOf(field: MessageField, bound: BoundFields, collects: boolean): Read | undefined {
    const value = bound.values.get(field);
    if (value !== undefined) return boundValueReader(value, readers);
    if (field.fieldKind !== "message") return undefined;
    const inner = bound.messages.get(field);
    if (inner !== undefined) {
      return messageFieldReader(field, partReader(field.message, inner, collects));
    }
    if (!collects || field.kind === "extension") return undefined;
    if (isStruct(field.message)) return structReader(fieldReader(field, readers));
    return isSpecialMessage(field.message)
      ? undefined
      : messageFieldReader(field, collectingReader(field.message));
  }

  function collectingReader(type: DescMessage): Read {
    const read = collecting.get(type) ?? partReader(type, noBoundFields(), true);
    collecting.set(type, read);
    return read;
  }

  function boundWriters(
    { values, messages }: BoundFields,
    byName: ReadonlyMap<string, Member>,
  ): LateWriter[] {
    return [
      ...[...messages.keys()].map((field) => missingMessageWriter(memberOf(field, byName))),
      ...[...values].map(([field, { index }]) =>
        boundValueWriter(
          memberOf(field, byName),
          index,
          valueWriter(field, fieldReader(field, readers), readers.options),
        ),
      ),
    ];
  }

  if (body === "*" && layout.bound.length === 0) return readers.messageReader(message);
  const root = boundFields(layout.bound);
  return messageReader(
    () => ({
      typeName: message.typeName,
      members: readers.memberRules(message, (field) =>
        readerOf(field, root, field === bodyField && mask !== undefined),
      ),
      late: (byName) => [
        ...(bodyField === undefined ? [] : [bodyWriter(memberOf(bodyField, byName), trailing)]),
        ...boundWriters(root, byName),
        ...(body === "*" ? [] : [furtherFieldsWriter(byName, readers.options)]),
        ...(mask === undefined ? [] : [maskWriter(memberOf(mask.field, byName), mask)]),
      ],
    }),
    readers.readUnknown,
  );
}

function memberOf(field: MessageField, byName: ReadonlyMap<string, Member>): Member {
  return byName.get((field as DescField).jsonName) as Member;
}

/** Passes over what the text says of a bound field. */
function boundValueReader({ agrees, index }: BoundValue, readers: Readers): Read {
  if (agrees === undefined) return readers.readNothing;
  return readers.distinct((b, p, q) => {
    const inBody = readValue(b, p);
    if (values[index] !== undefined && !agrees(inBody, values[index])) {
      if (!diagnosing) unusual();
      conflicts.add(index);
    }
    return q;
  });
}

/** Adds the value of a Struct to the trail. */
function structReader(read: Read): Read {
  return function readCollected(b, p, q, depth) {
    const value = readValue(b, p);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      addStep({ kind: "struct", value: value as Record<string, unknown> });
    }
    return read(b, p, q, depth);
  };
}
