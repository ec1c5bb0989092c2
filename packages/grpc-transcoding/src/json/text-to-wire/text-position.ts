import { endsScalar, endsValue, skipSpace } from "../skip-json.ts";

/**
 * Writes at `q` of the output, where `room` bytes are free, what stands at `p` of the text, a value
 * without whitespace in front. Returns the output's end; the text's is in {@link position}. Throws for what it
 * does not take: Unusual, UnexpectedValue or SyntaxError.
 */
export type Read = (b: Buffer, p: number, q: number, depth: number) => number;

/**
 * Where the last reader of JSON text ended; it returns where its output ended. Take it before anything
 * else is read.
 */
export let position = 0;

/** Ends a reader's work at `p` of the text. */
export function endAt(p: number): void {
  position = p;
}

/**
 * Thrown for text that the readers do not take: what is wrong, and the rare things that are right. The whole
 * text is parsed then, and what is wrong with its values said.
 */
export class Unusual extends Error {
  override readonly name = "Unusual";
}

const thrown = new Unusual();

/** Throws {@link Unusual}, always the same object: without the cost of a stack trace. */
export function unusual(): never {
  throw thrown;
}

/** What a text has behind its first value: an error, or nothing to look at. */
export type Trailing = "reject" | "ignore";

/** Checks that the value which ended at {@link position} is all of the text that counts. */
export function checkWhole(b: Buffer, trailing: Trailing): void {
  if (trailing === "reject") {
    if (skipSpace(b, position) !== b.length) unusual();
  } else if (!endsScalar(b[position]) && !endsValue(b[position - 1])) {
    unusual();
  }
}
