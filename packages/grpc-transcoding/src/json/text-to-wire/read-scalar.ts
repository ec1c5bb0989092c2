import { ScalarType } from "@bufbuild/protobuf";
import { bytes } from "../output-buffer.ts";
import { skipJsonValue } from "../skip-json.ts";
import { writeScalar } from "../to-wire/scalar-writers.ts";
import { diagnosing } from "./diagnosis.ts";
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
      const number = diagnosing ? Number.NaN : readDecimal(b, p);
      return Number.isNaN(number) ? writeOther(type, b, p, q) : writeScalar(type, q, number);
    }
    default: {
      const number = diagnosing ? Number.NaN : readInteger(b, p);
      return Number.isNaN(number) ? writeOther(type, b, p, q) : writeScalar(type, q, number);
    }
  }
}

/** Writes a number in any other spelling from its text, which is exact, and what is no number from its value. */
function writeOther(type: ScalarType, b: Buffer, p: number, q: number): number {
  const digit = b[p] === 45 ? b[p + 1] : b[p];
  if (digit === undefined || digit < 48 || digit > 57) return writeScalar(type, q, readValue(b, p));
  const end = skipJsonValue(b, p);
  endAt(end);
  const text = b.toString("latin1", p, end);
  try {
    return writeScalar(type, q, text);
  } catch (error) {
    if (!diagnosing) throw error;
    return writeScalar(type, q, readValue(b, p));
  }
}

const trueWord = Buffer.from("true");
const falseWord = Buffer.from("false");

/** Whether a literal name of JSON stands at `p`. What follows it is looked at by the caller. */
export function isWord(b: Uint8Array, p: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) if (b[p + i] !== word[i]) return false;
  return true;
}
