import { ScalarType } from "@bufbuild/protobuf";
import { bytes } from "../output-buffer.ts";
import { skipJsonValue } from "../skip-json.ts";
import { writeScalar } from "../to-wire/scalar-writers.ts";
import { readDecimal, readInteger } from "./read-number.ts";
import { readString } from "./read-string.ts";
import { readValue } from "./read-value.ts";
import { endAt } from "./text-position.ts";

/**
 * Writes the scalar at `p` of the text at `q` of the output, without a tag: the usual spellings straight
 * from the text, the others through their value.
 */
export function readScalar(type: ScalarType, b: Buffer, p: number, q: number): number {
  switch (type) {
    case ScalarType.STRING:
      return readString(b, p, q);
    case ScalarType.BYTES:
      return writeScalar(type, q, readValue(b, p));
    case ScalarType.BOOL: {
      const size = isWord(b, p, trueWord) ? 4 : isWord(b, p, falseWord) ? 5 : 0;
      if (size === 0) return writeScalar(type, q, readValue(b, p));
      endAt(p + size);
      bytes[q] = 5 - size;
      return q + 1;
    }
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT: {
      const number = readDecimal(b, p);
      return writeScalar(type, q, Number.isNaN(number) ? otherNumber(b, p) : number);
    }
    default: {
      const number = readInteger(b, p);
      return writeScalar(type, q, Number.isNaN(number) ? otherNumber(b, p) : number);
    }
  }
}

/**
 * A number in any other spelling: its text, which for a number's writer is as good as the number and
 * exact, or the value of what is no number.
 */
function otherNumber(b: Buffer, p: number): unknown {
  const digit = b[p] === 45 ? b[p + 1] : b[p];
  if (digit === undefined || digit < 48 || digit > 57) return readValue(b, p);
  const end = skipJsonValue(b, p);
  endAt(end);
  return b.toString("latin1", p, end);
}

const trueWord = Buffer.from("true");
const falseWord = Buffer.from("false");

/** Whether a literal name of JSON stands at `p`. What follows it is looked at by the caller. */
export function isWord(b: Uint8Array, p: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) if (b[p + i] !== word[i]) return false;
  return true;
}
