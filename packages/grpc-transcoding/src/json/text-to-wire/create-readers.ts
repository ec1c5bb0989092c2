import type { DescMessage } from "@bufbuild/protobuf";
import type { JsonOptions } from "../json-codec.ts";
import {
  type FieldsOf,
  isMessageSet,
  jsonKey,
  type MessageField,
  Presence,
} from "../message-fields.ts";
import { unexpected } from "../to-wire/unexpected-value.ts";
import { durationForm, writeDuration } from "../well-known/duration.ts";
import { writeFieldMask } from "../well-known/field-mask.ts";
import { isSpecialMessage } from "../well-known/special-messages.ts";
import { timestampForm, writeTimestamp } from "../well-known/timestamp.ts";
import { wrappedType } from "../well-known/wrappers.ts";
import { anyReader } from "./any-reader.ts";
import { diagnosing } from "./diagnosis.ts";
import { distinctReader } from "./distinct-text.ts";
import {
  fieldReader,
  messageSetItemReader,
  type ReaderContext,
  scalarReader,
} from "./field-reader.ts";
import type { MemberRule } from "./member.ts";
import { messageReader } from "./message-reader.ts";
import { readJsonValue, readListValue, readStruct } from "./read-struct.ts";
import { plainStringEnd, readNothing, readValue } from "./read-value.ts";
import { endAt, type Read, unusual } from "./text-position.ts";

/** The readers of one codec: each message type is compiled when it is first needed. */
export interface Readers extends ReaderContext {
  /** Makes a reader of values whose keys are no fields check them, where equal keys are errors. */
  readonly distinct: (read: Read) => Read;
  /** Passes over a value. */
  readonly readNothing: Read;
  /** Reads the value of a key that is no field; undefined where such keys are errors. */
  readonly readUnknown: Read | undefined;
  /** The members of a message's object, if it is one of fields; `readerOf` may read some otherwise. */
  memberRules(
    message: DescMessage,
    readerOf?: (field: MessageField) => Read | undefined,
  ): MemberRule[];
}

/** Creates the readers of a codec. */
export function createReaders(
  options: JsonOptions,
  fieldsOf: FieldsOf,
  findMessage: (typeName: string) => DescMessage | undefined,
): Readers {
  const compiled = new Map<DescMessage, Read>();
  const rejectDuplicates = options.duplicateKeys === "reject";
  const distinct = rejectDuplicates ? distinctReader : (read: Read) => read;
  const skipUnknown = rejectDuplicates ? skipDiagnosed : readNothing;
  const readUnknown = options.unknownFields === "ignore" ? skipUnknown : undefined;

  function messageReaderOf(message: DescMessage): Read {
    let read = compiled.get(message);
    if (read === undefined) {
      const rules = () => ({ typeName: message.typeName, members: memberRules(message) });
      read = isSpecialMessage(message) ? specialReader(message) : messageReader(rules, readUnknown);
      compiled.set(message, read);
    }
    return read;
  }

  function memberRules(
    message: DescMessage,
    readerOf: (field: MessageField) => Read | undefined = () => undefined,
  ): MemberRule[] {
    const fields = fieldsOf(message);
    const jsonKeys = new Set(fields.map((field) => jsonKey(field, "json")));
    return fields.map((field) => {
      const protoKey = jsonKey(field, "proto");
      const read =
        isMessageSet(message) && field.fieldKind === "message"
          ? messageSetItemReader(field.number, messageReaderOf(field.message))
          : (readerOf(field) ?? fieldReader(field, readers));
      return {
        // A name that is one field's JSON name and another's proto name means the first.
        names: [jsonKey(field, "json"), ...(jsonKeys.has(protoKey) ? [] : [protoKey])],
        oneof: field.oneof === undefined ? -1 : message.oneofs.indexOf(field.oneof),
        required: field.presence === Presence.REQUIRED,
        takesNull: takesNull(field),
        field,
        read,
      };
    });
  }

  function specialReader(message: DescMessage): Read {
    const scalar = wrappedType(message.typeName);
    if (scalar !== undefined) return scalarReader(scalar, 1, true);
    switch (message.name) {
      case "Timestamp":
        return textReader(timestampForm, writeTimestamp);
      case "Duration":
        return textReader(durationForm, writeDuration);
      case "FieldMask":
        return (b, p, q) => writeFieldMask(q, readValue(b, p));
      case "Struct":
        return distinct(readStruct);
      case "Value":
        return distinct(readJsonValue);
      case "ListValue":
        return distinct(readListValue);
      default:
        return distinct(
          anyReader({
            findMessage,
            memberRules: (type) => (isSpecialMessage(type) ? undefined : memberRules(type)),
            messageReader: messageReaderOf,
            readUnknown,
          }),
        );
    }
  }

  const readers: Readers = {
    options,
    distinct,
    readNothing: distinct(readNothing),
    readUnknown,
    messageReader: messageReaderOf,
    memberRules,
  };
  return readers;
}

/** Passes over the value of an unknown key, once it is known that no such key is given twice. */
const skipDiagnosed: Read = (b, p, q, depth) =>
  diagnosing ? readNothing(b, p, q, depth) : unusual();

function takesNull(field: MessageField): boolean {
  return field.fieldKind === "message"
    ? field.message.typeName === "google.protobuf.Value"
    : field.fieldKind === "enum" && field.enum.typeName === "google.protobuf.NullValue";
}

/** Reads a string by its bytes. */
function textReader(
  form: string,
  write: (q: number, b: Buffer, start: number, end: number) => number,
): Read {
  return function readText(b, p, q) {
    const end = b[p] === 34 ? plainStringEnd(b, p + 1) : -1;
    if (end >= 0) {
      endAt(end + 1);
      return write(q, b, p + 1, end);
    }
    const value = readValue(b, p);
    if (typeof value !== "string") unexpected(form, value);
    const text = Buffer.from(value);
    return write(q, text, 0, text.length);
  };
}
