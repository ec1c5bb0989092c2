import { FST_GRPC_AUTH_OPTION, FST_GRPC_AUTH_UNKNOWN_KEY } from "../errors.ts";

// Readers of one option each: the value in its type, or an error that names the option's path.

/** Members by name, of which nothing is known yet. */
export type Members = Readonly<Record<string, unknown>>;

/** A value as messages quote it: JSON, shortened. */
export function quote(value: unknown): string {
  const text =
    typeof value === "function" ? "a function" : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** An error for an option's value. */
export function wrongOption(path: string, value: unknown, fix: string): Error {
  return new FST_GRPC_AUTH_OPTION(path, quote(value), fix);
}

/** The path of a member: `methods.x`, or quoted where the name is no identifier. */
export function memberPath(path: string, key: string): string {
  if (!/^\w+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** A plain object; its keys are all among `keys`, where these are given. */
export function readObject(value: unknown, path: string, keys?: readonly string[]): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrongOption(path || "of the plugin", value, "give an object");
  }
  for (const [key, member] of Object.entries(value)) {
    if (keys !== undefined && !keys.includes(key)) {
      throw new FST_GRPC_AUTH_UNKNOWN_KEY(
        memberPath(path, key),
        quote(member),
        `use one of ${keys.join(", ")}`,
      );
    }
  }
  return value as Members;
}

/** The entries of an object, each read with its path. */
export function readMap<T>(
  value: unknown,
  path: string,
  read: (entry: unknown, path: string, key: string) => T,
): ReadonlyMap<string, T> {
  const entries = Object.entries(readObject(value, path));
  return new Map(entries.map(([key, entry]) => [key, read(entry, memberPath(path, key), key)]));
}

/** A text that is not empty. */
export function readText(value: unknown, path: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw wrongOption(path, value, "give a text that is not empty");
}

/** A list, each entry read by `read`. */
export function readList<T>(
  value: unknown,
  path: string,
  read: (entry: unknown, path: string) => T,
): readonly T[] {
  if (!Array.isArray(value)) throw wrongOption(path, value, "give a list");
  return value.map((entry, at) => read(entry, `${path}[${at}]`));
}

/** A list that is not empty, or one entry in its place. */
export function readOneOrMore<T>(
  value: unknown,
  path: string,
  read: (entry: unknown, path: string) => T,
): readonly [T, ...T[]] {
  const [first, ...rest] = Array.isArray(value) ? readList(value, path, read) : [read(value, path)];
  if (first === undefined) throw wrongOption(path, value, "give at least one");
  return [first, ...rest];
}

export function readBoolean(value: unknown, path: string): boolean {
  if (typeof value === "boolean") return value;
  throw wrongOption(path, value, "give true or false");
}

export function readFunction<T>(value: unknown, path: string): T {
  if (typeof value === "function") return value as T;
  throw wrongOption(path, value, "give a function");
}

export function readChoice<const T extends string>(
  value: unknown,
  path: string,
  choices: readonly T[],
): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  throw wrongOption(path, value, `use one of ${choices.map(quote).join(", ")}`);
}

/** A whole number from `least` on, up to `most`. */
export function readInteger(value: unknown, path: string, least: number, most: number): number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) {
    return value as number;
  }
  throw wrongOption(path, value, `give a whole number from ${least} to ${most}`);
}
