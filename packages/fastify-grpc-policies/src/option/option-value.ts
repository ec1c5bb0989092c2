import { FST_GRPC_POLICIES_OPTION, FST_GRPC_POLICIES_UNKNOWN_KEY } from "../errors.ts";

// Readers of one option each: the value in its type, or an error that names the option's path.

/** Members by name, of which nothing is known yet. */
export type Members = Readonly<Record<string, unknown>>;

/** A value as messages quote it: JSON, shortened. */
export function quote(value: unknown): string {
  const text =
    typeof value === "function" ? "a function" : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** The path of a member: `limits.tenant`, or quoted where the name is no identifier. */
export function memberPath(path: string, key: string): string {
  if (!/^\w+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** A plain object; its keys are all among `keys`, where these are given. */
export function readObject(value: unknown, path: string, keys?: readonly string[]): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FST_GRPC_POLICIES_OPTION(path || "of the plugin", quote(value), "give an object");
  }
  for (const [key, member] of Object.entries(value)) {
    if (keys !== undefined && !keys.includes(key)) {
      throw new FST_GRPC_POLICIES_UNKNOWN_KEY(
        memberPath(path, key),
        quote(member),
        `use one of ${keys.join(", ")}`,
      );
    }
  }
  return value as Members;
}

/** A text that is not empty. */
export function readText(value: unknown, path: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new FST_GRPC_POLICIES_OPTION(path, quote(value), "give a text that is not empty");
}

/** A list, each entry read by `read`. */
export function readList<T>(
  value: unknown,
  path: string,
  read: (entry: unknown, path: string) => T,
): readonly T[] {
  if (!Array.isArray(value)) {
    throw new FST_GRPC_POLICIES_OPTION(path, quote(value), "give a list");
  }
  return value.map((entry, at) => read(entry, `${path}[${at}]`));
}

export function readBoolean(value: unknown, path: string): boolean {
  if (typeof value === "boolean") return value;
  throw new FST_GRPC_POLICIES_OPTION(path, quote(value), "give true or false");
}

export function readFunction<T>(value: unknown, path: string): T {
  if (typeof value === "function") return value as T;
  throw new FST_GRPC_POLICIES_OPTION(path, quote(value), "give a function");
}

export function readChoice<const T extends string>(
  value: unknown,
  path: string,
  choices: readonly T[],
): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  throw new FST_GRPC_POLICIES_OPTION(
    path,
    quote(value),
    `use one of ${choices.map(quote).join(", ")}`,
  );
}

/** A finite number from `least` on, up to `most`. */
export function readNumber(
  value: unknown,
  path: string,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value === "number" && value >= least && value <= most) return value;
  throw new FST_GRPC_POLICIES_OPTION(path, quote(value), `give a number ${range(least, most)}`);
}

/** A whole number from `least` on, up to `most`. */
export function readInteger(
  value: unknown,
  path: string,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) {
    return value as number;
  }
  throw new FST_GRPC_POLICIES_OPTION(
    path,
    quote(value),
    `give a whole number ${range(least, most)}`,
  );
}

function range(least: number, most: number): string {
  return most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`;
}

// Node's timers take no more.
const maxTimerMs = 2 ** 31 - 1;

/** Milliseconds that a timer can wait. */
export function readMilliseconds(value: unknown, path: string, least = 1): number {
  return readInteger(value, path, least, maxTimerMs);
}
