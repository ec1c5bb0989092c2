import { isUtf8 } from "node:buffer";
import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { asBuffer } from "../input-view.ts";
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
  fieldsWriter,
  maskWriter,
  missingMessageWriter,
  valueWriter,
} from "./late-writers.ts";
import type { Member } from "./member.ts";
import { type LateWriter, messageReader } from "./message-reader.ts";
import { readValue } from "./read-value.ts";
import { conflicts, forgetBody, setParts, values } from "./request-parts.ts";
import { type Read, unusual } from "./text-position.ts";

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

/** A bound field, seen from a message on the way to it. */
interface BoundValue extends BoundField {
  readonly index: number;
}

/** Of the bound fields, those in one field of the message. */
function boundIn(field: MessageField, bound: readonly BoundValue[]): BoundValue[] {
  return bound.filter(({ path }) => path[0] === field);
}

/** The reader of the requests of one layout. */
function compileRequest(layout: RequestLayout, readers: Readers): Read {
  const { message, body, mask, trailing } = layout;
  const { options, readUnknown } = readers;
  const bodyField = typeof body === "object" ? body : undefined;
  const collecting = new Map<DescMessage, Read>();

  /** The reader of a message with bound fields. With `collects` its keys go into the trail. */
  function partReader(type: DescMessage, bound: readonly BoundValue[], collects: boolean): Read {
    return messageReader(
      () => ({
        typeName: type.typeName,
        members: readers.memberRules(type, (field) => readerOf(field, bound, collects)),
        late: (byName) => boundWriters(bound, byName),
      }),
      readUnknown,
      collects,
    );
  }

  /** The reader of a field that is not read as usual. */
  function readerOf(
    field: MessageField,
    bound: readonly BoundValue[],
    collects: boolean,
  ): Read | undefined {
    const [first, ...others] = boundIn(field, bound);
    if (first?.path.length === 1) return boundValueReader(first, readers);
    if (field.fieldKind !== "message") return undefined;
    if (first !== undefined) {
      const inner = [first, ...others].map((one) => ({ ...one, path: one.path.slice(1) }));
      return messageFieldReader(field, partReader(field.message, inner, collects));
    }
    if (!collects || field.kind === "extension") return undefined;
    if (isStruct(field.message)) return structReader(fieldReader(field, readers));
    if (isSpecialMessage(field.message)) return undefined;
    const read = collecting.get(field.message) ?? partReader(field.message, [], true);
    collecting.set(field.message, read);
    return messageFieldReader(field, read);
  }

  function boundWriters(
    bound: readonly BoundValue[],
    byName: ReadonlyMap<string, Member>,
  ): LateWriter[] {
    return bound.map(({ path, index }) => {
      const [field] = path as [DescField];
      const member = memberOf(field, byName);
      return path.length > 1
        ? missingMessageWriter(member)
        : valueWriter(member, fieldReader(field, readers), options, () => values[index]);
    });
  }

  if (body === "*" && layout.bound.length === 0) return readers.messageReader(message);
  const bound = layout.bound.map((field, index) => ({ ...field, index }));
  return messageReader(
    () => ({
      typeName: message.typeName,
      members: readers.memberRules(message, (field) =>
        readerOf(field, bound, field === bodyField && mask !== undefined),
      ),
      late: (byName) => [
        ...(bodyField === undefined ? [] : [bodyWriter(memberOf(bodyField, byName), trailing)]),
        ...boundWriters(bound, byName),
        ...(body === "*" ? [] : [fieldsWriter(byName, options)]),
        ...(mask === undefined ? [] : [maskWriter(memberOf(mask.field, byName), mask)]),
      ],
    }),
    readUnknown,
  );
}

function memberOf(field: DescField, byName: ReadonlyMap<string, Member>): Member {
  return byName.get(field.jsonName) as Member;
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
