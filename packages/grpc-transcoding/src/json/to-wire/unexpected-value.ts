/** Thrown by writers for a JSON value that the field cannot hold. Where it stands is found out afterwards. */
export class UnexpectedValue extends Error {
  override readonly name = "UnexpectedValue";
}

/** Throws {@link UnexpectedValue}: `int32 expected, not "abc"`. */
export function unexpected(expectation: string, value: unknown): never {
  throw new UnexpectedValue(`${expectation} expected, not ${excerpt(value)}`);
}

const excerptLength = 40;

/** A short rendering of a JSON value for messages. */
export function excerpt(value: unknown): string {
  if (typeof value === "string") {
    const cut = value.length > excerptLength ? `${value.slice(0, excerptLength)}…` : value;
    return JSON.stringify(cut);
  }
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}
