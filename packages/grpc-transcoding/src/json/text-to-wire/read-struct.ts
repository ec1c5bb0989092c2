import { ScalarType } from "@bufbuild/protobuf";
import { maxDepth } from "../../wire/skip-field.ts";
import { bytes, capacity, grow, room } from "../output-buffer.ts";
import { UnexpectedValue, unexpected } from "../to-wire/unexpected-value.ts";
import { closeLength } from "../to-wire/write-varint.ts";
import {
  boolTag,
  entryKeyTag,
  entryValueTag,
  itemTag,
  listTag,
  nullTag,
  numberTag,
  stringTag,
  structTag,
} from "../well-known/struct.ts";
import { diagnosing } from "./diagnosis.ts";
import { isNull } from "./member.ts";
import { readScalar } from "./read-scalar.ts";
import { arrayReader, entriesReader, valueAfterKey } from "./read-sequence.ts";
import { readString } from "./read-string.ts";
import { readValue } from "./read-value.ts";
import { endAt, type Read, unusual } from "./text-position.ts";

/** Reads any JSON value as google.protobuf.Value. */
export function readJsonValue(b: Buffer, p: number, q: number, depth: number): number {
  switch (b[p]) {
    case 34:
      bytes[q] = stringTag;
      return readString(b, p, q + 1);
    case 123:
      bytes[q] = structTag;
      return closeLength(q + 1, 1, readStruct(b, p, q + 2, depth + 1));
    case 91:
      bytes[q] = listTag;
      return closeLength(q + 1, 1, readListValue(b, p, q + 2, depth + 1));
    case 110:
      if (!isNull(b, p)) unusual();
      endAt(p + 4);
      bytes[q] = nullTag;
      bytes[q + 1] = 0;
      return q + 2;
    case 102:
    case 116:
      bytes[q] = boolTag;
      return readScalar(ScalarType.BOOL, b, p, q + 1);
    default:
      if (diagnosing) checkNumber(readValue(b, p));
      bytes[q] = numberTag;
      return readScalar(ScalarType.DOUBLE, b, p, q + 1);
  }
}

function checkNumber(value: unknown): void {
  if (!Number.isFinite(Number(value))) unexpected("finite number", value);
}

function checkDepth(depth: number): void {
  if (depth > maxDepth) throw new UnexpectedValue(`values are nested more than ${maxDepth} deep`);
}

const readEntries = entriesReader((b, p, q, depth) => {
  bytes[q] = itemTag;
  bytes[q + 2] = entryKeyTag;
  const valueStart = readString(b, p, q + 3);
  const valueAt = valueAfterKey(b);
  if (valueStart + room > capacity) grow(valueStart, room);
  bytes[valueStart] = entryValueTag;
  const end = readJsonValue(b, valueAt, valueStart + 2, depth);
  return closeLength(q + 1, 1, closeLength(valueStart + 1, 1, end));
});

const readValues = arrayReader((b, p, q, depth) => {
  bytes[q] = itemTag;
  return closeLength(q + 1, 1, readJsonValue(b, p, q + 2, depth));
}, false);

/** Reads a JSON object as google.protobuf.Struct. */
export const readStruct: Read = (b, p, q, depth) => {
  checkDepth(depth);
  return readEntries(b, p, q, depth);
};

/** Reads a JSON array as google.protobuf.ListValue. */
export const readListValue: Read = (b, p, q, depth) => {
  checkDepth(depth);
  return readValues(b, p, q, depth);
};
