import { isUtf8 } from "node:buffer";
import type { DescMessage, Registry } from "@bufbuild/protobuf";
import { createPrinters } from "./create-printers.ts";
import { asBuffer } from "./input-view.ts";
import { type JsonCodec, JsonError, type JsonOptions } from "./json-codec.ts";
import { createFieldsOf } from "./message-fields.ts";
import { createIsNumberField } from "./number-fields.ts";
import { createReaders } from "./text-to-wire/create-readers.ts";
import { diagnoseText } from "./text-to-wire/diagnose-text.ts";
import type { Diagnosis } from "./text-to-wire/diagnosis.ts";
import { encodeText } from "./text-to-wire/encode-text.ts";
import { requestEncoder } from "./text-to-wire/request-reader.ts";
import { responsePrinters } from "./to-json/response-printers.ts";

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

  const parts = { options, fieldsOf, isNumber: createIsNumberField(registry), findMessage };
  const printers = createPrinters(parts);

  return {
    options,
    textToWire,
    requestToWire: (layout) => requestEncoder(layout, readers),
    toWire(message) {
      const encode = textToWire(message);
      return (value) => encode(Buffer.from(JSON.stringify(value, withoutBigint) ?? ""));
    },
    ...responsePrinters(printers),
    maskedPrinters: () => responsePrinters(createPrinters({ ...parts, unmasked: printers })),
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
