import { FST_GRPC_TELEMETRY_OPTION, FST_GRPC_TELEMETRY_UNKNOWN_KEY } from "../errors.ts";

// Readers of one option each: the value in its type, or an error that names the option's path.

/** Members by name, of which nothing is known yet. */
export type Members = Readonly<Record<string, unknown>>;

/** A value as messages quote it: JSON, shortened. */
export function quote(value: unknown): string {
  const text =
    typeof value === "function" ? "a function" : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** A plain object whose keys are all among `keys`. */
export function readObject(value: unknown, path: string, keys: readonly string[]): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FST_GRPC_TELEMETRY_OPTION(path || "of the plugin", quote(value), "give an object");
  }
  for (const [key, member] of Object.entries(value)) {
    if (keys.includes(key)) continue;
    throw new FST_GRPC_TELEMETRY_UNKNOWN_KEY(
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
  throw new FST_GRPC_TELEMETRY_OPTION(path, quote(value), "give a text that is not empty");
}

/** A list of texts. */
export function readTexts(value: unknown, path: string): readonly string[] {
  if (!Array.isArray(value)) {
    throw new FST_GRPC_TELEMETRY_OPTION(path, quote(value), "give a list");
  }
  return value.map((entry, at) => readText(entry, `${path}[${at}]`));
}

export function readBoolean(value: unknown, path: string): boolean {
  return readChoice(value, path, [true, false]);
}

export function readChoice<const T extends string | boolean>(
  value: unknown,
  path: string,
  choices: readonly T[],
): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  throw new FST_GRPC_TELEMETRY_OPTION(
    path,
    quote(value),
    `use one of ${choices.map(quote).join(", ")}`,
  );
}
