/**
 * Prints as JSON, at `q` of the output buffer, the value at `p` of the bytes (which end at `end`), and
 * returns the position behind it. Finds `room` bytes free (see output-buffer.ts). A scalar's bytes are
 * known to be complete. Throws Malformed.
 */
export type Print = (b: Buffer, p: number, end: number, q: number, depth: number) => number;

/** Prints messages of one type: `p` to `end` is the payload. */
export interface MessagePrinter {
  readonly print: Print;
  /** The fields with a comma before each, for the object of an Any; undefined where the JSON is no object of fields. */
  readonly printMembers: Print | undefined;
}
