import { compileMethodPattern, type MatchesMethod, methodPatternForms } from "./method-pattern.ts";
import { memberPath, quote } from "./quote.ts";

/** Members by name, of which nothing is known yet. */
export type Members = Readonly<Record<string, unknown>>;

/** Reads one value. `path` is the option's name, with dots: `limits.tenant.cost`. */
export type ReadOption<T> = (value: unknown, path: string) => T;

/** An error class for what is wrong with an option; `value` is quoted, `fix` says what to do. */
type OptionErrorClass = new (path: string, value: string, fix: string) => Error;

/** The errors of a package. */
export interface OptionErrors {
  /** Of a value that an option cannot have. */
  readonly wrong: OptionErrorClass;
  /** Of an option that does not exist. */
  readonly unknown: OptionErrorClass;
  /** What messages call the whole of the options. @default "of the plugin" */
  readonly root?: string;
}

/** Bounds of a number, both included. */
export interface NumberBounds {
  /** @default 0 */
  readonly from?: number;
  /** @default Number.MAX_SAFE_INTEGER */
  readonly to?: number;
}

/** Readers of one option each: the value in its type, or an error that names the option, its value and the fix. */
export interface OptionReaders {
  /** The error of a value, for checks that no reader here makes. */
  readonly refusal: (path: string, value: unknown, fix: string) => Error;
  /** The options of a Fastify plugin, all among `keys`, without those that are for `register` itself. */
  readonly plugin: (value: unknown, keys: readonly string[]) => Members;
  /** An object; its members are all among `keys`, where these are given. */
  readonly object: (value: unknown, path: string, keys?: readonly string[]) => Members;
  /** A list, each entry read by `read`. */
  readonly list: <T>(value: unknown, path: string, read: ReadOption<T>) => readonly T[];
  /** Undefined, or read by `read`. */
  readonly optional: <T>(value: unknown, path: string, read: ReadOption<T>) => T | undefined;
  /** A text that is not empty. */
  readonly text: ReadOption<string>;
  readonly boolean: ReadOption<boolean>;
  readonly choice: <const T extends string>(
    value: unknown,
    path: string,
    choices: readonly T[],
  ) => T;
  /** A function; what it takes and returns, nobody can check. */
  readonly function: <T>(value: unknown, path: string) => T;
  /** A finite number. */
  readonly number: (value: unknown, path: string, bounds?: NumberBounds) => number;
  readonly integer: (value: unknown, path: string, bounds?: NumberBounds) => number;
  /** A duration that a timer of Node can wait, in whole milliseconds; from 1 on unless told otherwise. */
  readonly milliseconds: (value: unknown, path: string, bounds?: NumberBounds) => number;
  /** Methods as `"library.v1.LibraryService/GetBook"`, `"library.v1.LibraryService/*"`, `"library.v1.*"` or `"*"`. */
  readonly method: ReadOption<MatchesMethod>;
}

// Fastify hands a plugin the options of `register` as well.
const registerKeys = ["prefix", "logLevel", "logSerializers"];

// Node's timers take no more.
const maxTimerMs = 2 ** 31 - 1;

/** The readers of a package, whose errors are its own. Each can be handed on by itself: `read.list(value, path, read.text)`. */
export function optionReaders(errors: OptionErrors): OptionReaders {
  const { wrong, unknown, root = "of the plugin" } = errors;

  const read: OptionReaders = {
    refusal(path, value, fix) {
      return new wrong(path || root, quote(value), fix);
    },

    plugin(value, keys) {
      const own = Object.entries(read.object(value, "")).filter(
        ([key]) => keys.includes(key) || !registerKeys.includes(key),
      );
      return read.object(Object.fromEntries(own), "", keys);
    },

    object(value, path, keys) {
      if (!hasMembers(value)) throw read.refusal(path, value, "give an object");
      for (const [key, member] of Object.entries(value)) {
        if (keys === undefined || keys.includes(key)) continue;
        throw new unknown(memberPath(path, key), quote(member), `use one of ${keys.join(", ")}`);
      }
      return value;
    },

    list(value, path, readEntry) {
      if (!Array.isArray(value)) throw read.refusal(path, value, "give a list");
      return value.map((entry, at) => readEntry(entry, `${path}[${at}]`));
    },

    optional(value, path, readValue) {
      return value === undefined ? undefined : readValue(value, path);
    },

    text(value, path) {
      if (typeof value === "string" && value !== "") return value;
      throw read.refusal(path, value, "give a text that is not empty");
    },

    boolean(value, path) {
      if (typeof value === "boolean") return value;
      throw read.refusal(path, value, "give true or false");
    },

    choice(value, path, choices) {
      const choice = choices.find((candidate) => candidate === value);
      if (choice !== undefined) return choice;
      throw read.refusal(path, value, `use one of ${choices.map(quote).join(", ")}`);
    },

    function<T>(value: unknown, path: string) {
      if (typeof value === "function") return value as T;
      throw read.refusal(path, value, "give a function");
    },

    number(value, path, bounds) {
      if (isWithin(value, bounds)) return value;
      throw read.refusal(path, value, `give a number ${rangeText(bounds)}`);
    },

    integer(value, path, bounds) {
      if (isWithin(value, bounds) && Number.isInteger(value)) return value;
      throw read.refusal(path, value, `give a whole number ${rangeText(bounds)}`);
    },

    milliseconds(value, path, { from = 1, to = maxTimerMs } = {}) {
      return read.integer(value, path, { from, to });
    },

    method(value, path) {
      const matches = typeof value === "string" ? compileMethodPattern(value) : undefined;
      if (matches !== undefined) return matches;
      throw read.refusal(path, value, `name methods as ${methodPatternForms}`);
    },
  };
  return read;
}

/** Not so a list, a Map, or a promise that was not awaited: their own members say nothing. */
function hasMembers(value: unknown): value is Members {
  if (typeof value !== "object" || value === null || Symbol.iterator in value) return false;
  return typeof (value as Partial<PromiseLike<unknown>>).then !== "function";
}

const unbounded = Number.MAX_SAFE_INTEGER;

function isWithin(
  value: unknown,
  { from = 0, to = unbounded }: NumberBounds = {},
): value is number {
  return typeof value === "number" && value >= from && value <= to;
}

function rangeText({ from = 0, to = unbounded }: NumberBounds = {}): string {
  return to === unbounded ? `from ${from} on` : `from ${from} to ${to}`;
}
