import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { Code } from "../model/code.ts";
import type { FieldPath } from "../model/field-path.ts";
import type { EventFields } from "../model/schema.ts";
import { StatusError } from "../status/status-error.ts";
import { compileFindField } from "../wire/field-finder.ts";
import { integerText } from "../wire/read-integer.ts";
import { position, readLength } from "../wire/varint.ts";
import type { StreamEvent } from "./stream-encoder.ts";

/** What a response message's bytes say of its event. Throws a StatusError (INTERNAL) for bytes that are no message. */
export type EventReader = (bytes: Uint8Array) => StreamEvent;

/** Compiles the reader of a method's event fields; undefined where none is named. It looks at these fields alone. */
export function compileEventReader(
  output: DescMessage,
  { eventId, event, retry }: EventFields,
): EventReader | undefined {
  if (eventId === undefined && event === undefined && retry === undefined) return undefined;
  const idOf = compileText(eventId);
  const eventOf = compileText(event);
  const retryOf = compileText(retry);
  return (bytes) => {
    try {
      return {
        id: lineOf(idOf(bytes)),
        event: eventNameOf(eventOf(bytes)),
        retry: digitsOf(retryOf(bytes)),
      };
    } catch (cause) {
      const text = `the upstream's response is not a ${output.typeName}`;
      throw new StatusError(Code.INTERNAL, text, { origin: "upstream", cause });
    }
  };
}

/** A text that stays on one line; an EventSource ignores an id with a NUL. */
function lineOf(text: string): string | undefined {
  return text === "" || /[\r\n\0]/.test(text) ? undefined : text;
}

function eventNameOf(text: string): string | undefined {
  return text === "error" || text === "end" ? undefined : lineOf(text);
}

function digitsOf(text: string): string | undefined {
  return /^\d+$/.test(text) ? text : undefined;
}

/** The text of a field, `""` where it is not set. */
type TextOf = (bytes: Uint8Array) => string;

function compileText(path: FieldPath | undefined): TextOf {
  if (path === undefined) return () => "";
  const find = compileFindField(path.fields);
  const read = readerOf(path.fields.at(-1) as DescField);
  return (bytes) => {
    const at = find(bytes);
    return at < 0 ? "" : read(bytes, at);
  };
}

function readerOf(field: DescField): (bytes: Uint8Array, at: number) => string {
  if (field.fieldKind === "enum") {
    const names = new Map(field.enum.values.map(({ number, name }) => [String(number), name]));
    return (bytes, at) => {
      const number = integerText(ScalarType.INT32, bytes, at);
      return names.get(number) ?? number;
    };
  }
  if (field.fieldKind === "message") {
    const millisecondsOf = compileMilliseconds(field.message);
    return (bytes, at) => millisecondsOf(payload(bytes, at));
  }
  const type = field.scalar as ScalarType;
  if (type !== ScalarType.STRING) return (bytes, at) => integerText(type, bytes, at);
  return (bytes, at) => payload(bytes, at).toString();
}

function payload(bytes: Uint8Array, at: number): Buffer {
  const length = readLength(bytes, at, bytes.length);
  return Buffer.from(bytes.buffer, bytes.byteOffset + position, length);
}

/** The milliseconds of a google.protobuf.Duration. */
function compileMilliseconds(duration: DescMessage): TextOf {
  const partOf = (name: string): TextOf => {
    const field = duration.fields.find((candidate) => candidate.name === name);
    return field === undefined ? () => "" : compileText({ path: name, fields: [field] });
  };
  const secondsOf = partOf("seconds");
  const nanosOf = partOf("nanos");
  return (bytes) =>
    String(Math.trunc(Number(secondsOf(bytes)) * 1_000 + Number(nanosOf(bytes)) / 1e6));
}
