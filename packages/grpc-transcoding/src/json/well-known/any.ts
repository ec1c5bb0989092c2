import type { DescMessage } from "@bufbuild/protobuf";
import { findEntry, keyAt, valueAt } from "../../wire/find-field.ts";
import { malformed, unprintable } from "../../wire/malformed.ts";
import { maxDepth } from "../../wire/skip-field.ts";
import { position, readLength } from "../../wire/varint.ts";
import { bytes, capacity, grow, room } from "../output-buffer.ts";
import { printAscii } from "../to-json/print-number.ts";
import { printString } from "../to-json/print-string.ts";
import type { MessagePrinter, Print } from "../to-json/value-printer.ts";
import { excerpt } from "../to-wire/unexpected-value.ts";

/** Tags of google/protobuf/any.proto. */
export const typeUrlTag = 10;
export const valueTag = 18;

/** The full name that a type URL ends with; undefined without a slash or behind it nothing. */
export function typeNameOf(typeUrl: string): string | undefined {
  const slash = typeUrl.lastIndexOf("/");
  return slash < 0 || slash === typeUrl.length - 1 ? undefined : typeUrl.slice(slash + 1);
}

/**
 * Prints google.protobuf.Any as `{"@type": url, ...}` with the message's fields, or its special form
 * under `value`. An Any without a type prints `{}`.
 */
export function anyPrinter(context: AnyPrinterContext): Print {
  return (b, p, end, q, depth) => {
    if (depth > maxDepth) malformed(`messages are nested more than ${maxDepth} deep`);
    findEntry(b, p, end, typeUrlTag, valueTag, depth);
    const [urlStart, urlEnd] = keyAt < 0 ? [0, 0] : spanOf(b, keyAt, end);
    const [start, stop] = valueAt < 0 ? [0, 0] : spanOf(b, valueAt, end);
    if (q + room > capacity) grow(q, room);
    if (urlStart === urlEnd) {
      if (start < stop) unprintable("a google.protobuf.Any has a value and no type URL");
      return printAscii(q, "{}");
    }
    const typeUrl = b.toString("utf8", urlStart, urlEnd);
    const typeName = typeNameOf(typeUrl);
    const message = typeName === undefined ? undefined : context.findMessage(typeName);
    q = printString(b, urlStart, urlEnd, printAscii(q, '{"@type":'), true);
    if (message === undefined) {
      if (!context.unknownAsBase64) unprintable(`the schema has no message ${excerpt(typeUrl)}`);
      const text = b.toString("base64", start, stop);
      if (q + text.length + room > capacity) grow(q, text.length + room);
      return printAscii(q, `,"value":"${text}"}`);
    }
    const { print, printMembers } = context.messagePrinter(message);
    if (printMembers !== undefined) q = printMembers(b, start, stop, q, depth + 1);
    else q = print(b, start, stop, printAscii(q, ',"value":'), depth + 1);
    if (q + room > capacity) grow(q, room);
    bytes[q] = 125;
    return q + 1;
  };
}

function spanOf(b: Buffer, p: number, end: number): [start: number, end: number] {
  const length = readLength(b, p, end);
  return [position, position + length];
}

/** What an Any's printer needs of the codec. */
export interface AnyPrinterContext {
  findMessage(typeName: string): DescMessage | undefined;
  messagePrinter(message: DescMessage): MessagePrinter;
  /** Whether an unknown type prints as `{"@type", "value": base64}` instead of being an error. */
  readonly unknownAsBase64: boolean;
}
