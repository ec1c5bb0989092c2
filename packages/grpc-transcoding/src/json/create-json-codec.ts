import type { DescField, DescMessage, Registry } from "@bufbuild/protobuf";
import { Malformed } from "../wire/malformed.ts";
import { keyStep, pathText } from "./field-path-text.ts";
import { forgetView } from "./input-view.ts";
import { type JsonCodec, JsonError, type JsonOptions, type PrintSequence } from "./json-codec.ts";
import { parseJson } from "./json-text.ts";
import { createFieldsOf } from "./message-fields.ts";
import { acquire, copyOutput, release } from "./output-buffer.ts";
import { encodeText } from "./text-to-wire/encode-text.ts";
import { type Read, type ReaderContext, scalarReader } from "./text-to-wire/field-reader.ts";
import { messageReader } from "./text-to-wire/message-reader.ts";
import type { PrinterContext } from "./to-json/field-printer.ts";
import { messagePrinter, singleFieldPrinter } from "./to-json/message-printer.ts";
import { printInput } from "./to-json/print-in-order.ts";
import { printText } from "./to-json/print-text.ts";
import type { MessagePrinter, Print } from "./to-json/value-printer.ts";
import type { WriterContext } from "./to-wire/field-writer.ts";
import { type MessageWriter, messageWriter } from "./to-wire/message-writer.ts";
import { checkPrototype } from "./to-wire/prototype-pollution.ts";
import { UnexpectedValue } from "./to-wire/unexpected-value.ts";
import { leafWriter, type ValueWriter, Violations } from "./to-wire/value-writer.ts";
import { anyPrinter, anyWriter } from "./well-known/any.ts";
import { printDuration, writeDuration } from "./well-known/duration.ts";
import { printFieldMask, writeFieldMask } from "./well-known/field-mask.ts";
import {
  printListValue,
  printStruct,
  printValue,
  writeListValue,
  writeStruct,
  writeValue,
} from "./well-known/struct.ts";
import { printTimestamp, writeTimestamp } from "./well-known/timestamp.ts";
import { wrappedType, wrapperPrinter, wrapperWriter } from "./well-known/wrappers.ts";

/**
 * A codec over the types of a registry. Message types are compiled when they are first used; the
 * codec is a plain object without a lifecycle.
 */
export function createJsonCodec(registry: Registry, options: JsonOptions): JsonCodec {
  const fieldsOf = createFieldsOf(registry);
  const findMessage = (typeName: string): DescMessage | undefined => registry.getMessage(typeName);

  const fieldsWriters = new Map<DescMessage, MessageWriter>();
  const fieldsWriter = (message: DescMessage): MessageWriter | undefined => {
    if (hasSpecialJson(message)) return undefined;
    let writer = fieldsWriters.get(message);
    if (writer === undefined) {
      writer = messageWriter(message, fieldsOf, writerContext);
      fieldsWriters.set(message, writer);
    }
    return writer;
  };
  const writerContext: WriterContext = {
    options,
    messageWriter: (message) => fieldsWriter(message) ?? specialWriter(message),
  };
  const specialWriter = (message: DescMessage): ValueWriter =>
    message.typeName === "google.protobuf.Any"
      ? anyWriter(
          { findMessage, fieldsWriter, messageWriter: writerContext.messageWriter },
          options.unknownFields === "ignore",
        )
      : wellKnownWriter(message);

  const readers = new Map<DescMessage, Read | undefined>();
  const readerContext: ReaderContext = {
    ...writerContext,
    messageReader(message) {
      const scalar = wrappedType(message.typeName);
      if (scalar !== undefined) return scalarReader(scalar, 1, true);
      if (hasSpecialJson(message)) return undefined;
      if (!readers.has(message))
        readers.set(message, messageReader(message, fieldsOf, readerContext));
      return readers.get(message);
    },
  };
  const parse = (text: Uint8Array): unknown => parseJson(text, options.duplicateKeys === "reject");

  const printers = new Map<DescMessage, MessagePrinter>();
  const printerContext: PrinterContext = {
    options,
    messagePrinter(message) {
      let printer = printers.get(message);
      if (printer === undefined) {
        printer = hasSpecialJson(message)
          ? { print: specialPrinter(message), printMembers: undefined }
          : messagePrinter(message, fieldsOf, printerContext);
        printers.set(message, printer);
      }
      return printer;
    },
  };
  const specialPrinter = (message: DescMessage): Print =>
    message.typeName === "google.protobuf.Any"
      ? anyPrinter({
          findMessage,
          messagePrinter: printerContext.messagePrinter,
          unknownAsBase64: options.unknownAny === "base64",
        })
      : wellKnownPrinter(message);

  return {
    options,
    parse,
    toWire: (message) => toWire(writerContext.messageWriter(message)),
    textToWire(message) {
      const encode = toWire(writerContext.messageWriter(message));
      const read = readerContext.messageReader(message);
      if (read === undefined) return (text) => encode(parse(text));
      return (text) => encodeText(read, asBuffer(text)) ?? encode(parse(text));
    },
    toJson: (message) => toJson(printerContext.messagePrinter(message).print, ""),
    toJsonSequence: (target) =>
      target.kind === "message"
        ? toJsonSequence(printerContext.messagePrinter(target).print, "")
        : toJsonSequence(singleFieldPrinter(target, printerContext), keyStep(target.jsonName)),
    fieldToJson: (field: DescField) =>
      toJson(singleFieldPrinter(field, printerContext), keyStep(field.jsonName)),
  };
}

function toWire(writer: ValueWriter): (value: unknown) => Buffer {
  return (value) => {
    const interrupted = acquire();
    try {
      checkPrototype();
      return copyOutput(writer.write(0, value, 1));
    } catch (error) {
      if (!(error instanceof UnexpectedValue)) throw error;
      const violations = new Violations();
      writer.diagnose(value, "", violations, 1);
      // A value that changes while it is read may pass the second time.
      if (violations.list.length === 0) violations.add("", error.message);
      throw new JsonError(violations.list);
    } finally {
      release(interrupted);
    }
  };
}

/** One class of input keeps the element accesses of the readers monomorphic. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function toJson(print: Print, root: string): (bytes: Uint8Array) => Buffer {
  return (bytes) => {
    const input = asBuffer(bytes);
    const interrupted = acquire();
    try {
      return copyOutput(printInput(print, input, 0));
    } catch (error) {
      throw unprintable(error, root);
    } finally {
      forgetView();
      release(interrupted);
    }
  };
}

function toJsonSequence(print: Print, root: string): PrintSequence {
  return (messages, index, frame) => {
    const interrupted = acquire();
    try {
      let q = 0;
      for (const [i, bytes] of messages.entries()) {
        q = printText(q, index + i === 0 ? frame.first : frame.before);
        q = printText(printInput(print, asBuffer(bytes), q), frame.after);
      }
      return copyOutput(q);
    } catch (error) {
      throw unprintable(error, root);
    } finally {
      forgetView();
      release(interrupted);
    }
  };
}

function unprintable(error: unknown, root: string): unknown {
  if (!(error instanceof Malformed)) return error;
  const path = pathText(root + error.steps.reverse().join(""));
  return new JsonError([{ path, description: error.message }], { cause: error });
}

/** The messages of google/protobuf with a JSON form of their own, besides the wrappers and Any. */
const wellKnown: ReadonlyMap<string, { readonly writer: ValueWriter; readonly print: Print }> =
  new Map([
    ["Timestamp", { writer: leafWriter(writeTimestamp), print: printTimestamp }],
    ["Duration", { writer: leafWriter(writeDuration), print: printDuration }],
    ["FieldMask", { writer: leafWriter(writeFieldMask), print: printFieldMask }],
    ["Struct", { writer: leafWriter(writeStruct), print: printStruct }],
    ["Value", { writer: leafWriter(writeValue), print: printValue }],
    ["ListValue", { writer: leafWriter(writeListValue), print: printListValue }],
  ]);

function wellKnownOf(message: DescMessage): { writer: ValueWriter; print: Print } | undefined {
  return message.typeName.startsWith("google.protobuf.") ? wellKnown.get(message.name) : undefined;
}

/** True for messages whose JSON is not an object of their fields. */
function hasSpecialJson(message: DescMessage): boolean {
  return (
    message.typeName === "google.protobuf.Any" ||
    wellKnownOf(message) !== undefined ||
    wrappedType(message.typeName) !== undefined
  );
}

function wellKnownWriter(message: DescMessage): ValueWriter {
  const scalar = wrappedType(message.typeName);
  if (scalar !== undefined) return leafWriter(wrapperWriter(scalar));
  return (wellKnownOf(message) as { writer: ValueWriter }).writer;
}

function wellKnownPrinter(message: DescMessage): Print {
  const scalar = wrappedType(message.typeName);
  if (scalar !== undefined) return wrapperPrinter(scalar);
  return (wellKnownOf(message) as { print: Print }).print;
}
