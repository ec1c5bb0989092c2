import type { DescMessage } from "@bufbuild/protobuf";
import type { JsonOptions } from "./json-codec.ts";
import { isMasked } from "./masked-message.ts";
import type { FieldsOf } from "./message-fields.ts";
import type { IsNumberField } from "./number-fields.ts";
import type { PrinterContext } from "./to-json/field-printer.ts";
import { messagePrinter } from "./to-json/message-printer.ts";
import type { MessagePrinter, Print } from "./to-json/value-printer.ts";
import { anyPrinter } from "./well-known/any.ts";
import { printDuration } from "./well-known/duration.ts";
import { printFieldMask } from "./well-known/field-mask.ts";
import { isSpecialMessage } from "./well-known/special-messages.ts";
import { printListValue, printStruct, printValue } from "./well-known/struct.ts";
import { printTimestamp } from "./well-known/timestamp.ts";
import { wrappedType, wrapperPrinter } from "./well-known/wrappers.ts";

/** What printers of messages are made from. */
export interface PrinterParts {
  readonly options: JsonOptions;
  readonly fieldsOf: FieldsOf;
  readonly isNumber: IsNumberField;
  readonly findMessage: (typeName: string) => DescMessage | undefined;
  /** Whose printers messages have that are not masked. @default these */
  readonly unmasked?: PrinterContext;
}

/** The printers of messages, each made when it is first asked for. */
export function createPrinters(parts: PrinterParts): PrinterContext {
  const { options, fieldsOf, isNumber, findMessage, unmasked } = parts;
  const printers = new Map<DescMessage, MessagePrinter>();

  const context: PrinterContext = {
    options,
    isNumber,
    messagePrinter(message) {
      if (unmasked !== undefined && !isMasked(message)) return unmasked.messagePrinter(message);
      let printer = printers.get(message);
      if (printer === undefined) {
        printer = isSpecialMessage(message)
          ? { print: specialPrinter(message), printMembers: undefined }
          : messagePrinter(message, fieldsOf, context);
        printers.set(message, printer);
      }
      return printer;
    },
  };

  function specialPrinter(message: DescMessage): Print {
    if (message.typeName !== "google.protobuf.Any") return wellKnownPrinter(message);
    const { messagePrinter } = context;
    const unknownAsBase64 = options.unknownAny === "base64";
    return anyPrinter({ findMessage, messagePrinter, unknownAsBase64 });
  }

  return context;
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
