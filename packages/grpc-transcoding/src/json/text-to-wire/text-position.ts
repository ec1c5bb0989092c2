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
