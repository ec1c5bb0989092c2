import type { DescMessage } from "@bufbuild/protobuf";
import { findEntry, keyAt, valueAt } from "../../wire/find-field.ts";
import { malformed, unprintable } from "../../wire/malformed.ts";
import { maxDepth } from "../../wire/skip-field.ts";
import { position, readLength } from "../../wire/varint.ts";
import { keyStep } from "../field-path-text.ts";
import { bytes, capacity, grow, room } from "../output-buffer.ts";
import { printAscii } from "../to-json/print-number.ts";
import { printString } from "../to-json/print-string.ts";
import type { MessagePrinter, Print } from "../to-json/value-printer.ts";
import { toObject } from "../to-wire/field-writer.ts";
import type { MessageWriter } from "../to-wire/message-writer.ts";
import { excerpt, UnexpectedValue, unexpected } from "../to-wire/unexpected-value.ts";
import type { ValueWriter } from "../to-wire/value-writer.ts";
import { writeString } from "../to-wire/write-string.ts";
import { closeLength } from "../to-wire/write-varint.ts";

/** Tags of google/protobuf/any.proto. */
const typeUrlTag = 10;
const valueTag = 18;

/** The full name that a type URL ends with; undefined without a slash or behind it nothing. */
function typeNameOf(typeUrl: string): string | undefined {
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

/** What an Any's writer needs of the codec. */
export interface AnyWriterContext {
  findMessage(typeName: string): DescMessage | undefined;
  /** Undefined for types with a special JSON form, which stands under `value`. */
  fieldsWriter(message: DescMessage): MessageWriter | undefined;
  messageWriter(message: DescMessage): ValueWriter;
}

/** The message in an Any's object: its fields beside `@type`, or its special form under `value`. */
interface Content {
  readonly typeUrl: string;
  readonly writer: ValueWriter;
  readonly json: unknown;
  /** The step from the Any to `json` in error paths. */
  readonly step: string;
}

/** Writes google.protobuf.Any from `{"@type": url, ...}`; `{}` is an empty Any. */
export function anyWriter(context: AnyWriterContext, ignoreUnknown: boolean): ValueWriter {
  function contentOf(object: Record<string, unknown>): Content | undefined {
    const typeUrl = Object.hasOwn(object, "@type") ? object["@type"] : undefined;
    if (typeUrl === undefined) {
      if (Object.keys(object).length === 0) return undefined;
      throw new UnexpectedValue('"@type" is missing from a google.protobuf.Any');
    }
    if (typeof typeUrl !== "string") unexpected('type URL in "@type"', typeUrl);
    const typeName = typeNameOf(typeUrl);
    if (typeName === undefined) {
      unexpected('type URL such as "type.googleapis.com/package.Message" in "@type"', typeUrl);
    }
    const message = context.findMessage(typeName);
    if (message === undefined) {
      throw new UnexpectedValue(`the schema has no message ${excerpt(typeName)}`);
    }
    const fields = context.fieldsWriter(message);
    if (fields !== undefined) {
      const writer = { write: fields.writeAny, diagnose: fields.diagnoseAny };
      return { typeUrl, writer, json: object, step: "" };
    }
    if (!Object.hasOwn(object, "value")) {
      throw new UnexpectedValue(`"value" is missing from a google.protobuf.Any of ${typeName}`);
    }
    const others = Object.keys(object).find((key) => key !== "@type" && key !== "value");
    if (others !== undefined && !ignoreUnknown) {
      throw new UnexpectedValue(
        `${excerpt(others)} stands beside "value" in a google.protobuf.Any`,
      );
    }
    return {
      typeUrl,
      writer: context.messageWriter(message),
      json: object.value,
      step: keyStep("value"),
    };
  }

  return {
    write(p, value, depth) {
      const object = toObject(value, "object");
      if (depth > maxDepth) {
        throw new UnexpectedValue(`messages are nested more than ${maxDepth} deep`);
      }
      const content = contentOf(object);
      if (content === undefined) return p;
      bytes[p] = typeUrlTag;
      p = writeString(p + 1, content.typeUrl);
      if (p + room > capacity) grow(p, room);
      bytes[p] = valueTag;
      const end = content.writer.write(p + 2, content.json, depth + 1);
      // An empty payload is the field's default.
      return end === p + 2 ? p : closeLength(p + 1, 1, end);
    },
    diagnose(value, path, violations, depth) {
      violations.catch(path, () => {
        if (depth > maxDepth) {
          throw new UnexpectedValue(`messages are nested more than ${maxDepth} deep`);
        }
        const content = contentOf(toObject(value, "object"));
        content?.writer.diagnose(content.json, path + content.step, violations, depth + 1);
      });
    },
  };
}
