import { isUtf8 } from "node:buffer";
import type { DescField, DescMessage, Registry } from "@bufbuild/protobuf";
import { Malformed } from "../wire/malformed.ts";
import { keyStep, pathText } from "./field-path-text.ts";
import { asBuffer, forgetView } from "./input-view.ts";
import { type JsonCodec, JsonError, type JsonOptions, type PrintSequence } from "./json-codec.ts";
import { createFieldsOf } from "./message-fields.ts";
import { acquire, copyOutput, release } from "./output-buffer.ts";
import { createReaders } from "./text-to-wire/create-readers.ts";
import { diagnoseText } from "./text-to-wire/diagnose-text.ts";
import type { Diagnosis } from "./text-to-wire/diagnosis.ts";
import { encodeText } from "./text-to-wire/encode-text.ts";
import { requestEncoder } from "./text-to-wire/request-reader.ts";
import type { PrinterContext } from "./to-json/field-printer.ts";
import { messagePrinter, singleFieldPrinter } from "./to-json/message-printer.ts";
import { printInput } from "./to-json/print-in-order.ts";
import { printText } from "./to-json/print-text.ts";
import type { MessagePrinter, Print } from "./to-json/value-printer.ts";
import { anyPrinter } from "./well-known/any.ts";
import { printDuration } from "./well-known/duration.ts";
import { printFieldMask } from "./well-known/field-mask.ts";
import { isSpecialMessage } from "./well-known/special-messages.ts";
import { printListValue, printStruct, printValue } from "./well-known/struct.ts";
import { printTimestamp } from "./well-known/timestamp.ts";
import { wrappedType, wrapperPrinter } from "./well-known/wrappers.ts";

/**
 * A codec over the types of a registry. Message types are compiled when they are first used; the
 * codec is a plain object without a lifecycle.
 */
export function createJsonCodec(registry: Registry, options: JsonOptions): JsonCodec {
  const fieldsOf = createFieldsOf(registry);
  const findMessage = (typeName: string): DescMessage | undefined => registry.getMessage(typeName);

  const readers = createReaders(options, fieldsOf, findMessage);
  const rejectDuplicates = options.duplicateKeys === "reject";

  function textToWire(message: DescMessage): (text: Uint8Array) => Buffer {
    const read = readers.messageReader(message);
    const encode = (text: Buffer): Buffer | undefined => encodeText(read, text, "reject");
    return (text) => {
      const input = asBuffer(text);
      const bytes = isUtf8(input) ? encode(input) : undefined;
      return bytes ?? bytesOf(diagnoseText(input, rejectDuplicates, encode));
    };
  }

  const printers = new Map<DescMessage, MessagePrinter>();
  const printerContext: PrinterContext = {
    options,
    messagePrinter(message) {
      let printer = printers.get(message);
      if (printer === undefined) {
        printer = isSpecialMessage(message)
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
    textToWire,
    requestToWire: (layout) => requestEncoder(layout, readers),
    toWire(message) {
      const encode = textToWire(message);
      return (value) => encode(Buffer.from(JSON.stringify(value, withoutBigint) ?? ""));
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

function bytesOf({ bytes, violations }: Diagnosis): Buffer {
  if (bytes === undefined || violations.length > 0) throw new JsonError(violations);
  return bytes;
}

/** A quoted integer is as good. */
function withoutBigint(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
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
const printersByName: ReadonlyMap<string, Print> = new Map([
  ["Timestamp", printTimestamp],
  ["Duration", printDuration],
  ["FieldMask", printFieldMask],
  ["Struct", printStruct],
  ["Value", printValue],
  ["ListValue", printListValue],
]);

function wellKnownPrinter(message: DescMessage): Print {
  const scalar = wrappedType(message.typeName);
  if (scalar !== undefined) return wrapperPrinter(scalar);
  return printersByName.get(message.name) as Print;
}
