import { FST_GRPC_TENANTS_OPTION, FST_GRPC_TENANTS_UNKNOWN_KEY } from "../errors.ts";

// Readers of one option each: the value in its type, or an error that names the option's path.

/** Members by name, of which nothing is known yet. */
export type Members = Readonly<Record<string, unknown>>;

/** A plain object whose keys are all among `keys`. */
export function readObject(value: unknown, path: string, keys: readonly string[]): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FST_GRPC_TENANTS_OPTION(path, quote(value), "give an object");
  }
  for (const [key, member] of Object.entries(value)) {
    if (keys.includes(key)) continue;
    throw new FST_GRPC_TENANTS_UNKNOWN_KEY(
      path === "" ? key : `${path}.${key}`,
      quote(member),
      `use one of ${keys.join(", ")}`,
    );
  }
  return value as Members;
}

/** A text that is not empty. */
export function readText(value: unknown, path: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new FST_GRPC_TENANTS_OPTION(path, quote(value), "give a text that is not empty");
}

/** A list, each entry read by `read`. */
export function readList<T>(
  value: unknown,
  path: string,
  read: (entry: unknown, path: string) => T,
): readonly T[] {
  if (Array.isArray(value)) return value.map((entry, at) => read(entry, `${path}[${at}]`));
  throw new FST_GRPC_TENANTS_OPTION(path, quote(value), "give a list");
}

// Node's timers take no more.
const maxTimerMs = 2 ** 31 - 1;

/** Milliseconds that a timer can wait. */
export function readMilliseconds(value: unknown, path: string, least = 1): number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= maxTimerMs) {
    return value as number;
  }
  throw new FST_GRPC_TENANTS_OPTION(
    path,
    quote(value),
    `give a whole number of milliseconds from ${least} to ${maxTimerMs}`,
  );
}

/** A value as messages quote it: JSON, shortened. */
export function quote(value: unknown): string {
  const text =
    typeof value === "function" ? "a function" : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
