/**
 * Thrown for bytes that are not protobuf's wire format, or not the message they should be. Readers on
 * the way out add where it happened, innermost first.
 */
export class Malformed extends Error {
  override readonly name = "Malformed";
  /** Steps from the innermost to the outermost: `".zipCode"`, `"[3]"`. */
  readonly steps: string[] = [];
}

/** Throws {@link Malformed}. */
export function malformed(message: string): never {
  throw new Malformed(message);
}

/** Throws {@link Malformed} for input that ends too early. */
export function truncated(): never {
  throw new Malformed("the bytes end in the middle of a value");
}

/** Thrown for bytes that are a message of which ProtoJSON has no form: a Timestamp in the year 10000, a NaN in a Value. */
export class Unprintable extends Malformed {}

/** Throws {@link Unprintable}. */
export function unprintable(message: string): never {
  throw new Unprintable(message);
}
