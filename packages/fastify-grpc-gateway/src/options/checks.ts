/** What one option may be: told in words, and as data that says which kind of check it is. */
export type Check<T = unknown> = Shape & {
  /** Ends the sentence "option … must be". */
  readonly expected: string;
  accepts(value: unknown): value is T;
};

/** The kinds of checks, with what makes each of them up. */
type Shape =
  | { readonly kind: "boolean" | "bytes" | "function" | "positive" }
  | { readonly kind: "oneOf"; readonly values: readonly string[] }
  | { readonly kind: "text"; readonly pattern: RegExp }
  | { readonly kind: "wholeNumber"; readonly range: NumberRange }
  | { readonly kind: "list"; readonly entry: Check; readonly least: number }
  | { readonly kind: "having"; readonly members: MemberTypes }
  | {
      readonly kind: "shape";
      readonly members: Readonly<Record<string, Check>>;
      readonly optional: Readonly<Record<string, Check>>;
    }
  | { readonly kind: "record"; readonly members: Readonly<Record<string, Check>> }
  | {
      readonly kind: "members";
      readonly members: Readonly<Record<string, Check>>;
      readonly required: readonly string[];
    }
  | { readonly kind: "map"; readonly key: Check<string>; readonly entry: Check }
  | { readonly kind: "anyOf"; readonly checks: readonly Check[] };

/** Bounds of a number; both count among the legal values. */
export interface NumberRange {
  readonly least: number;
  readonly most?: number;
  /** A value out of the bounds that stands for no limit. */
  readonly none?: number;
}

/** Members that an object must have, with what `typeof` says of them. */
export type MemberTypes = Readonly<Record<string, "function" | "object" | "string">>;

/** The longest delay of Node's timers; they take a longer one for 1 ms. */
export const MAX_TIMER_MS = 2_147_483_647;

export const boolean: Check<boolean> = {
  kind: "boolean",
  expected: "true or false",
  accepts: (value) => typeof value === "boolean",
};

export const bytes: Check<Uint8Array> = {
  kind: "bytes",
  expected: "a Uint8Array",
  accepts: (value) => value instanceof Uint8Array,
};

/** A number above 0, which may be `Infinity`. */
export const positive: Check<number> = {
  kind: "positive",
  expected: "a number of milliseconds above 0, or Infinity",
  accepts: (value): value is number => typeof value === "number" && value > 0,
};

export function oneOf<T extends string>(...values: readonly T[]): Check<T> {
  return {
    kind: "oneOf",
    values,
    expected: values.map((value) => JSON.stringify(value)).join(" or "),
    accepts: (value): value is T => values.includes(value as T),
  };
}

/** A text that a pattern matches; without one, any that is not empty. */
export function text(expected = "a text that is not empty", pattern: RegExp = /./s): Check<string> {
  return {
    kind: "text",
    pattern,
    expected,
    accepts: (value): value is string => typeof value === "string" && pattern.test(value),
  };
}

/** An integer in a range. */
export function wholeNumber(range: NumberRange, what = "a whole number"): Check<number> {
  const { least, most = Number.MAX_SAFE_INTEGER, none } = range;
  const bounds = range.most === undefined ? `${least} or more` : `${least} to ${most}`;
  return {
    kind: "wholeNumber",
    range,
    expected: `${what}, ${bounds}${none === undefined ? "" : `, or ${none} for no limit`}`,
    accepts: (value): value is number =>
      Number.isSafeInteger(value) &&
      (value === none || ((value as number) >= least && (value as number) <= most)),
  };
}

/** A number of bytes, or -1 for no limit. */
export const byteLimit: Check<number> = wholeNumber(
  { least: 1, none: -1 },
  "a whole number of bytes",
);

/** A function; `expected` says of what. */
// biome-ignore lint/suspicious/noExplicitAny: what a function takes shows only when it is called
export function callable<T extends (...args: any[]) => unknown>(expected: string): Check<T> {
  return {
    kind: "function",
    expected,
    accepts: (value): value is T => typeof value === "function",
  };
}

/** A list of at least so many entries, each of which must pass a check. */
export function list<T>(expected: string, entry: Check<T>, least = 0): Check<readonly T[]> {
  return {
    kind: "list",
    entry,
    least,
    expected,
    accepts: (value): value is readonly T[] =>
      Array.isArray(value) && value.length >= least && value.every((item) => entry.accepts(item)),
  };
}

/** A list of texts, none of them empty. */
export function textList(expected: string, least = 0): Check<readonly string[]> {
  return list(expected, text(), least);
}

/** An object that has these members, told by shape: an app may load two copies of a package. */
export function having<T extends object>(expected: string, members: MemberTypes): Check<T> {
  return {
    kind: "having",
    members,
    expected,
    accepts: (value): value is T =>
      isObject(value) &&
      Object.entries(members).every(([name, type]) => typeof value[name] === type),
  };
}

/** An object with members that each pass a check, and others that may be missing. It may have more, and get them from a class. */
export function shape<T extends object>(
  expected: string,
  required: MemberChecks<T, false>,
  optional: MemberChecks<T, true>,
): Check<T> {
  const members: Readonly<Record<string, Check>> = required;
  const others: Readonly<Record<string, Check>> = optional;
  return {
    kind: "shape",
    members,
    optional: others,
    expected,
    accepts: (value): value is T =>
      isObject(value) &&
      Object.entries(members).every(([name, check]) => check.accepts(value[name])) &&
      Object.entries(others).every(
        ([name, check]) => value[name] === undefined || check.accepts(value[name]),
      ),
  };
}

/** A check for each member that may, or may not, be missing. */
type MemberChecks<T, Optional extends boolean> = {
  readonly [K in keyof T as Record<never, never> extends Pick<T, K>
    ? Optional extends true
      ? K
      : never
    : Optional extends true
      ? never
      : K]-?: Check<NonNullable<T[K]>>;
};

/** An object whose members each pass a check, or are not there. The first one has to be. */
export function record<T extends object>(
  expected: string,
  members: { readonly [K in keyof T]-?: Check<NonNullable<T[K]>> },
): Check<T> {
  const checks: Readonly<Record<string, Check>> = members;
  const [first = ""] = Object.keys(checks);
  return {
    kind: "record",
    members: checks,
    expected,
    accepts: (value): value is T =>
      isObject(value) &&
      checks[first]?.accepts(value[first]) === true &&
      Object.keys(value).every(
        (name) =>
          Object.hasOwn(checks, name) &&
          (value[name] === undefined || checks[name]?.accepts(value[name]) === true),
      ),
  };
}

/** An object of these members and no others, each of which passes a check; the required ones have to be there. */
export function membersOf<T extends object>(
  expected: string,
  members: { readonly [K in keyof T]-?: Check<NonNullable<T[K]>> },
  required: readonly (keyof T & string)[] = [],
): Check<T> {
  const checks: Readonly<Record<string, Check>> = members;
  return {
    kind: "members",
    members: checks,
    required,
    expected,
    accepts: (value): value is T =>
      isObject(value) &&
      required.every((name) => value[name] !== undefined) &&
      Object.entries(value).every(
        ([name, member]) =>
          Object.hasOwn(checks, name) &&
          (member === undefined || checks[name]?.accepts(member) === true),
      ),
  };
}

/** An object of any number of members, each of whose names and values must pass a check. */
export function mapOf<K extends string, T>(
  expected: string,
  key: Check<K>,
  entry: Check<T>,
): Check<Readonly<Record<string, T>>> {
  return {
    kind: "map",
    key,
    entry,
    expected,
    accepts: (value): value is Readonly<Record<string, T>> =>
      isObject(value) &&
      Object.entries(value).every(([name, member]) => key.accepts(name) && entry.accepts(member)),
  };
}

/** A value that one of several checks accepts. */
export function anyOf<const C extends readonly Check[]>(
  expected: string,
  ...checks: C
): Check<Accepted<C[number]>> {
  return {
    kind: "anyOf",
    checks,
    expected,
    accepts: (value): value is Accepted<C[number]> => checks.some((check) => check.accepts(value)),
  };
}

type Accepted<C> = C extends Check<infer T> ? T : never;

/** Whether a value has members by name: no list, no function. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
