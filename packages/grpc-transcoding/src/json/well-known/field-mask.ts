import { isUtf8 } from "node:buffer";
import { findNext } from "../../wire/find-field.ts";
import { malformed, unprintable } from "../../wire/malformed.ts";
import { position, readLength } from "../../wire/varint.ts";
import { bytes, capacity, grow, room } from "../output-buffer.ts";
import { printString } from "../to-json/print-string.ts";
import { unexpected } from "../to-wire/unexpected-value.ts";
import { writeString } from "../to-wire/write-string.ts";

const pathsTag = 10;

/**
 * Writes a FieldMask from comma-separated lowerCamel paths, as field_mask.proto maps them. An
 * underscore could not be told from a converted capital and is rejected.
 */
export function writeFieldMask(p: number, value: unknown): number {
  if (typeof value !== "string" || value.includes("_")) {
    unexpected("comma-separated lowerCamelCase field paths", value);
  }
  if (value === "") return p;
  for (const path of value.split(",")) {
    if (p + room > capacity) grow(p, room);
    bytes[p] = pathsTag;
    p = writeString(
      p + 1,
      path.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`),
    );
  }
  return p;
}

/** A path that does not come back from lowerCamel: `fooBar`, `foo__bar`, `foo_3`, `foo_`. */
const irreversible = /[A-Z]|_(?![a-z])/;

/** Prints a FieldMask's payload as one string of lowerCamel paths. */
export function printFieldMask(
  b: Buffer,
  p: number,
  end: number,
  q: number,
  depth: number,
): number {
  const paths: string[] = [];
  for (;;) {
    p = findNext(b, p, end, pathsTag, depth);
    if (p < 0) break;
    const length = readLength(b, p, end);
    p = position + length;
    const utf8 = b.subarray(p - length, p);
    if (!isUtf8(utf8)) malformed("a string is not valid UTF-8");
    const path = utf8.toString();
    if (irreversible.test(path)) unprintable("a google.protobuf.FieldMask path is not snake_case");
    paths.push(path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
  }
  // Through the routine that escapes every string: nothing says that a path is a field's name.
  const text = Buffer.from(paths.join(","));
  return printString(text, 0, text.length, q, true);
}
