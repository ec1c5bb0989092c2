import { ScalarType } from "@bufbuild/protobuf";
import { high, low, splitSafeInteger } from "../int64.ts";
import { bytes, view } from "../output-buffer.ts";
import { toFloat } from "../to-wire/number-values.ts";
import { writeScalar } from "../to-wire/scalar-writers.ts";
import { writeVarint32, writeVarint64 } from "../to-wire/write-varint.ts";
import { readDecimal, readInteger } from "./read-number.ts";
import { readString } from "./read-string.ts";
import { readValue } from "./read-value.ts";
import { endAt, position } from "./text-position.ts";

/**
 * Writes the scalar at `p` of the text at `q` of the output, without a tag: the usual spellings straight
 * from the text, the others through their value.
 */
export function readScalar(type: ScalarType, b: Buffer, p: number, q: number): number {
  switch (type) {
    case ScalarType.STRING:
      return readString(b, p, q);
    case ScalarType.BOOL: {
      const size = isWord(b, p, trueWord) ? 4 : isWord(b, p, falseWord) ? 5 : 0;
      if (size === 0) break;
      endAt(p + size);
      bytes[q] = 5 - size;
      return q + 1;
    }
    case ScalarType.DOUBLE: {
      const number = readDecimal(b, p);
      if (Number.isNaN(number)) break;
      view.setFloat64(q, number, true);
      return q + 8;
    }
    case ScalarType.FLOAT: {
      const number = readDecimal(b, p);
      if (Number.isNaN(number)) break;
      view.setFloat32(q, toFloat(number), true);
      return q + 4;
    }
    case ScalarType.INT32: {
      const number = readInteger(b, p);
      if ((number | 0) !== number) break;
      return number >= 0 ? writeVarint32(q, number) : writeVarint64(q, number, -1);
    }
    case ScalarType.UINT32: {
      const number = readInteger(b, p);
      if (number >>> 0 !== number) break;
      return writeVarint32(q, number);
    }
    case ScalarType.INT64: {
      const number = readInteger(b, p);
      if (Number.isNaN(number)) break;
      splitSafeInteger(number);
      return writeVarint64(q, low, high);
    }
    case ScalarType.UINT64: {
      const number = readInteger(b, p);
      if (!(number >= 0)) break;
      splitSafeInteger(number);
      return writeVarint64(q, low, high);
    }
  }
  const value = readValue(b, p);
  const end = position;
  q = writeScalar(type, q, value);
  endAt(end);
  return q;
}

const trueWord = Buffer.from("true");
const falseWord = Buffer.from("false");

/** Whether a literal name of JSON stands at `p`. What follows it is looked at by the caller. */
export function isWord(b: Uint8Array, p: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) if (b[p + i] !== word[i]) return false;
  return true;
}
