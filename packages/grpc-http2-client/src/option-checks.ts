/** Refuses a value with the option's name and what would do. Throws an Error. */
export function refuseOption(name: string, value: unknown, expected: string): never {
  const got = typeof value === "string" ? JSON.stringify(value) : String(value);
  throw new Error(`option "${name}" must be ${expected}; got ${got}`);
}

/** A number of milliseconds above 0; Infinity where that is a sense. */
export function checkMs(
  name: string,
  value: number,
  { mayBeInfinite }: { readonly mayBeInfinite: boolean },
): number {
  const isFit = typeof value === "number" && value > 0;
  if (isFit && (mayBeInfinite || value !== Number.POSITIVE_INFINITY)) return value;
  refuseOption(
    name,
    value,
    `a number of milliseconds above 0${mayBeInfinite ? ", or Infinity" : ""}`,
  );
}

/** A whole number of at least `least`. */
export function checkCount(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  refuseOption(name, value, `a whole number, ${least} or more`);
}

/** A number of bytes, or -1 for no limit. */
export function checkLimit(name: string, value: number): number {
  if (value === -1 || (Number.isSafeInteger(value) && value >= 0)) return value;
  refuseOption(name, value, "a whole number of bytes, or -1 for no limit");
}

/** A text that HTTP headers carry. */
export function checkHeaderText(name: string, value: string): string {
  if (typeof value === "string" && /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value))
    return value;
  refuseOption(name, value, "a text of printable ASCII");
}

/** Options that are there and that nobody knows are refused: a wrong name would be without effect. */
export function checkNames(prefix: string, value: object, names: readonly string[]): void {
  for (const [name, given] of Object.entries(value)) {
    if (given !== undefined && !names.includes(name)) {
      throw new Error(`there is no option "${prefix}${name}"; there are ${names.join(", ")}`);
    }
  }
}
