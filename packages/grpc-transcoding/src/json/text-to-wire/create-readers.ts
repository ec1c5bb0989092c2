import type { DescMessage } from "@bufbuild/protobuf";
import type { JsonOptions } from "../json-codec.ts";
import { type FieldsOf, isMessageSet, type MessageField } from "../message-fields.ts";
import { memberRules } from "../message-members.ts";
import { writeDuration, writeDurationText } from "../well-known/duration.ts";
import { writeFieldMask } from "../well-known/field-mask.ts";
import { isSpecialMessage } from "../well-known/special-messages.ts";
import { writeTimestamp, writeTimestampText } from "../well-known/timestamp.ts";
import { wrappedType } from "../well-known/wrappers.ts";
import { anyReader } from "./any-reader.ts";
import { compileMembers, type KeyRule } from "./compile-members.ts";
import { distinctReader } from "./distinct-text.ts";
import {
  fieldReader,
  messageSetItemReader,
  type ReaderContext,
  scalarReader,
} from "./field-reader.ts";
import { messageReader } from "./message-reader.ts";
import type { Read } from "./read.ts";
import { readJsonValue, readListValue, readStruct } from "./read-struct.ts";
import { plainStringEnd, readNothing, readValue } from "./read-value.ts";
import { endAt } from "./text-position.ts";

/** The readers of one codec: each message type is compiled when it is first needed. */
export interface Readers extends ReaderContext {
  /** Makes a reader of values whose keys are no fields check them, where equal keys are errors. */
  readonly distinct: (read: Read) => Read;
  /** Passes over a value. */
  readonly readNothing: Read;
  /** Reads the value of a key that is no field; undefined where such keys are errors. */
  readonly readUnknown: Read | undefined;
  /** The keys of a message without a special JSON form; `readerOf` may read some fields otherwise. */
  keyRules(message: DescMessage, readerOf?: (field: MessageField) => Read | undefined): KeyRule[];
}

/** Creates the readers of a codec. */
export function createReaders(
  options: JsonOptions,
  fieldsOf: FieldsOf,
  findMessage: (typeName: string) => DescMessage | undefined,
): Readers {
  const rejectDuplicates = options.duplicateKeys === "reject";
  const distinct = (read: Read): Read => (rejectDuplicates ? distinctReader(read) : read);
  const skipsUnknown = options.unknownFields === "ignore";
  const compiled = new Map<DescMessage, Read>();
  const readers: Readers = {
    options,
    distinct,
    readNothing: distinct(readNothing),
    readUnknown: skipsUnknown ? distinct(readNothing) : undefined,
    messageReader(message) {
      let read = compiled.get(message);
      if (read === undefined) {
        read = isSpecialMessage(message)
          ? specialReader(message)
          : messageReader(() => compileMembers(readers.keyRules(message)), readers.readUnknown);
        compiled.set(message, read);
      }
      return read;
    },
    keyRules(message, readerOf = () => undefined) {
      const readField = (field: MessageField): Read =>
        isMessageSet(message) && field.fieldKind === "message"
          ? messageSetItemReader(field.number, readers.messageReader(field.message))
          : (readerOf(field) ?? fieldReader(field, readers));
      const byField = new Map<MessageField, Read>();
      return memberRules(message, fieldsOf).map((rule) => {
        const read = byField.get(rule.field) ?? readField(rule.field);
        byField.set(rule.field, read);
        return { ...rule, read };
      });
    },
  };

  function specialReader(message: DescMessage): Read {
    const scalar = wrappedType(message.typeName);
    if (scalar !== undefined) return scalarReader(scalar, 1, true);
    switch (message.name) {
      case "Timestamp":
        return textReader(writeTimestampText, writeTimestamp);
      case "Duration":
        return textReader(writeDurationText, writeDuration);
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
            fieldRules: (type) => (isSpecialMessage(type) ? undefined : readers.keyRules(type)),
            messageReader: readers.messageReader,
            readUnknown: readers.readUnknown,
          }),
        );
    }
  }

  return readers;
}

/** Reads a string: by `writeText` from its bytes, if it is ASCII without escapes, and otherwise its value. */
function textReader(
  writeText: (q: number, b: Buffer, start: number, end: number) => number,
  write: (q: number, value: unknown) => number,
): Read {
  return function readText(b, p, q) {
    const end = b[p] === 34 ? plainStringEnd(b, p + 1) : -1;
    if (end < 0) return write(q, readValue(b, p));
    endAt(end + 1);
    return writeText(q, b, p + 1, end);
  };
}
