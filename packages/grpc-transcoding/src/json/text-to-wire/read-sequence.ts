import { indexStep } from "../field-path-text.ts";
import { capacity, grow, room } from "../output-buffer.ts";
import { skipSpace } from "../skip-json.ts";
import { diagnosing, mismatch, readPart } from "./diagnosis.ts";
import { endAt, position, type Read, unusual } from "./text-position.ts";

const comma = 44;

/** Reads an array: its elements one after the other. With `hasSteps` each is a part of the value. */
export function arrayReader(readElement: Read, hasSteps: boolean): Read {
  return sequenceReader(91, 93, readElement, hasSteps);
}

/** Reads an object as its entries; `readEntry` starts at the quote of a key. */
export function entriesReader(readEntry: Read): Read {
  return sequenceReader(123, 125, readEntry, false);
}

function sequenceReader(opener: number, closer: number, readItem: Read, hasSteps: boolean): Read {
  return function readSequence(b, p, q, depth) {
    if (b[p] !== opener) mismatch(opener === 91 ? "array" : "object", b, p);
    p = skipSpace(b, p + 1);
    if (b[p] === closer) {
      endAt(p + 1);
      return q;
    }
    for (let i = 0; ; i++) {
      if (q + room > capacity) grow(q, room);
      q =
        diagnosing && hasSteps
          ? readPart(indexStep(i), readItem, b, p, q, depth)
          : readItem(b, p, q, depth);
      p = skipSpace(b, position);
      const c = b[p];
      p++;
      if (c === closer) break;
      if (c !== comma) unusual();
      p = skipSpace(b, p);
    }
    endAt(p);
    return q;
  };
}

/** The position of a value whose key ended at {@link position}: behind the colon and whitespace. */
export function valueAfterKey(b: Buffer): number {
  const p = skipSpace(b, position);
  if (b[p] !== 58) unusual();
  return skipSpace(b, p + 1);
}
