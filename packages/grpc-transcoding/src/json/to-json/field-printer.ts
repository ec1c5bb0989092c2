import type { DescEnum, DescMessage } from "@bufbuild/protobuf";
import { findEntry, findNext, firstValueAt, keyAt, valueAt } from "../../wire/find-field.ts";
import { Malformed } from "../../wire/malformed.ts";
import { groupContentEnd, skipValue } from "../../wire/skip-field.ts";
import { position, readLength, readTag, readVarint32 } from "../../wire/varint.ts";
import { tagOf, WireType, wireTypeOf } from "../../wire/wire-type.ts";
import { indexStep, keyStep } from "../field-path-text.ts";
import type { JsonOptions } from "../json-codec.ts";
import type { MessageField } from "../message-fields.ts";
import type { IsNumberField } from "../number-fields.ts";
import { bytes, capacity, grow, room } from "../output-buffer.ts";
import { zeroText } from "./default-text.ts";
import { addKey, closeObject, openKeys } from "./distinct-keys.ts";
import { type Literal, literal, printLiteral } from "./literal.ts";
import { mergePayloads } from "./merge-payloads.ts";
import { numberPrinter } from "./print-number-field.ts";
import { enumPrinter, mapKeyPrinter, scalarPrinter } from "./scalar-printers.ts";
import type { MessagePrinter, Print } from "./value-printer.ts";

/** What field printers need of the codec that they belong to. */
export interface PrinterContext {
  readonly options: JsonOptions;
  readonly isNumber: IsNumberField;
  messagePrinter(message: DescMessage): MessagePrinter;
}

/** The numbers that a closed enum has, or undefined: values outside count as unknown fields. */
export function closedNumbers(type: DescEnum | undefined): ReadonlySet<number> | undefined {
  return type === undefined || type.open ? undefined : new Set(type.values.map((v) => v.number));
}

/** Prints one value of a field, an element or a map value, that stands behind its tag. */
export function valuePrinter(field: MessageField, context: PrinterContext): Print {
  if (field.message !== undefined) {
    const delimited = field.fieldKind !== "map" && field.delimitedEncoding;
    const message = context.messagePrinter(field.message);
    return delimited ? groupPrinter(field.number, message) : lengthPrefixedPrinter(message);
  }
  if (field.enum !== undefined) return enumPrinter(field.enum, context.options);
  const print = scalarPrinter(field.scalar, field.utf8Validation);
  return context.isNumber(field) ? numberPrinter(print) : print;
}

function lengthPrefixedPrinter(message: MessagePrinter): Print {
  const { print } = message;
  return (b, p, end, q, depth) => {
    const length = readLength(b, p, end);
    return print(b, position, position + length, q, depth + 1);
  };
}

function groupPrinter(fieldNumber: number, message: MessagePrinter): Print {
  const { print } = message;
  const startTag = tagOf(fieldNumber, WireType.START_GROUP);
  return (b, p, end, q, depth) =>
    print(b, p, groupContentEnd(b, p, end, startTag, depth), q, depth + 1);
}

/** The wire type of a field's values, unpacked. */
export function valueWireType(field: MessageField): WireType {
  if (field.fieldKind === "map") return WireType.LENGTH;
  if (field.message !== undefined) {
    return field.delimitedEncoding ? WireType.START_GROUP : WireType.LENGTH;
  }
  return field.enum !== undefined ? WireType.VARINT : wireTypeOf(field.scalar);
}

/** Prints a repeated field: of the bytes from `p` to `end` all its values, packed or not. */
export function listPrinter(field: MessageField, context: PrinterContext): Print {
  const print = valuePrinter(field, context);
  const wireType = valueWireType(field);
  const tag = tagOf(field.number, wireType);
  const packedTag = tagOf(field.number, WireType.LENGTH);
  const known = closedNumbers(field.enum);

  function printPacked(b: Buffer, p: number, end: number, q: number, depth: number): number {
    while (p < end) {
      const next = skipValue(b, p, end, wireType, depth);
      if (known === undefined || known.has(readVarint32(b, p) | 0)) {
        if (q + room > capacity) grow(q, room);
        bytes[q] = 44;
        q = print(b, p, end, q + 1, depth);
      }
      p = next;
    }
    return q;
  }

  return (b, p, end, q, depth) => {
    const start = q;
    let count = 0;
    try {
      while (p < end) {
        const found = readTag(b, p, end);
        p = position;
        if (found === tag) {
          if (known === undefined || known.has(readVarint32(b, p) | 0)) {
            if (q + room > capacity) grow(q, room);
            bytes[q] = 44;
            q = print(b, p, end, q + 1, depth);
          }
          count++;
        } else if (found === packedTag) {
          const length = readLength(b, p, end);
          q = printPacked(b, position, position + length, q, depth);
        }
        p = skipValue(b, p, end, found, depth);
      }
    } catch (error) {
      if (error instanceof Malformed) error.steps.push(indexStep(count));
      throw error;
    }
    if (q + room > capacity) grow(q, room);
    if (q === start) q++;
    bytes[start] = 91;
    bytes[q] = 93;
    return q + 1;
  };
}

/** Prints a map field: of the bytes from `p` to `end` all its entries; of those with one key the last. */
export function mapPrinter(
  field: MessageField & { fieldKind: "map" },
  context: PrinterContext,
): Print {
  const tag = tagOf(field.number, WireType.LENGTH);
  const printKey = mapKeyPrinter(field.mapKey, field.utf8Validation);
  const printValue = valuePrinter(field, context);
  const keyTag = tagOf(1, wireTypeOf(field.mapKey));
  const valueTag = tagOf(2, entryValueWireType(field));
  const noKey = zeroKeyLiteral(field);
  const noValue = zeroValuePrinter(field, context);
  const known = closedNumbers(field.enum);
  const merges = field.mapKind === "message";

  function printEntry(b: Buffer, p: number, end: number, q: number, depth: number): number {
    findEntry(b, p, end, keyTag, valueTag, depth);
    // The key and the value may find entries of their own.
    const first = firstValueAt;
    const last = valueAt;
    // An entry with an unknown value of a closed enum is an unknown field as a whole.
    if (known !== undefined && last >= 0 && !known.has(readVarint32(b, last) | 0)) return q;
    if (q + room > capacity) grow(q, room);
    bytes[q] = 44;
    const keyStart = q + 1;
    q = keyAt < 0 ? printLiteral(keyStart, noKey) : printKey(b, keyAt, end, keyStart, depth);
    addKey(keyStart, q);
    if (q + room > capacity) grow(q, room);
    bytes[q] = 58;
    try {
      if (last < 0) return noValue(b, 0, 0, q + 1, depth);
      if (merges && first !== last) {
        const merged = mergePayloads(b, first, end, valueTag, depth);
        return context
          .messagePrinter(field.message)
          .print(merged, 0, merged.length, q + 1, depth + 1);
      }
      return printValue(b, last, end, q + 1, depth);
    } catch (error) {
      if (error instanceof Malformed) {
        error.steps.push(keyStep(JSON.parse(bytes.toString("utf8", keyStart, q)) as string));
      }
      throw error;
    }
  }

  return (b, p, end, q, depth) => {
    const start = q;
    const keys = openKeys();
    for (;;) {
      p = findNext(b, p, end, tag, depth);
      if (p < 0) break;
      const length = readLength(b, p, end);
      p = position + length;
      q = printEntry(b, p - length, p, q, depth);
    }
    return closeObject(keys, start, q);
  };
}

function entryValueWireType(field: MessageField & { fieldKind: "map" }): WireType {
  switch (field.mapKind) {
    case "message":
      return WireType.LENGTH;
    case "enum":
      return WireType.VARINT;
    case "scalar":
      return wireTypeOf(field.scalar);
  }
}

/** The key of an entry that has none on the wire. */
function zeroKeyLiteral(field: MessageField & { fieldKind: "map" }): Literal {
  const zero = zeroText(field.mapKey);
  return literal(zero.startsWith('"') ? zero : `"${zero}"`);
}

/** Prints the value of an entry that has none on the wire. */
function zeroValuePrinter(
  field: MessageField & { fieldKind: "map" },
  context: PrinterContext,
): Print {
  if (field.mapKind === "message") {
    const message = context.messagePrinter(field.message);
    return (b, _p, _end, q, depth) => message.print(b, 0, 0, q, depth + 1);
  }
  if (field.mapKind === "enum") {
    const print = enumPrinter(field.enum, context.options);
    const zero = Buffer.from([0]);
    return (_b, _p, _end, q, depth) => print(zero, 0, 1, q, depth);
  }
  const zero = literal(context.isNumber(field) ? "0" : zeroText(field.scalar));
  return (_b, _p, _end, q) => printLiteral(q, zero);
}
