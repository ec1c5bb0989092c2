import { Code, type CodeName } from "grpc-transcoding";
import {
  FST_GRPC_ERRORS_CODE,
  FST_GRPC_ERRORS_OPTION,
  FST_GRPC_ERRORS_REASON,
  FST_GRPC_ERRORS_STATUS,
  FST_GRPC_ERRORS_UNKNOWN_KEY,
} from "../errors.ts";

// Readers of one option each: the value in its type, or an error that names the option's path.

/** A value as messages quote it: JSON, shortened. */
export function quote(value: unknown): string {
  const text =
    typeof value === "function" ? "a function" : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** The path of a member: `codes.NOT_FOUND`, or quoted where the name is no identifier. */
export function memberPath(path: string, key: string): string {
  if (!/^\w+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** A plain object whose keys are all among `keys` (any, when undefined). */
export function readObject(
  value: unknown,
  path: string,
  keys?: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FST_GRPC_ERRORS_OPTION(path || "of the table", quote(value), "give an object");
  }
  for (const [key, member] of Object.entries(value)) {
    if (keys !== undefined && !keys.includes(key)) {
      throw new FST_GRPC_ERRORS_UNKNOWN_KEY(
        memberPath(path, key),
        quote(member),
        `use one of ${keys.join(", ")}`,
      );
    }
  }
  return value as Readonly<Record<string, unknown>>;
}

export function readArray(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new FST_GRPC_ERRORS_OPTION(path, quote(value), "give an array");
}

export function readText(value: unknown, path: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new FST_GRPC_ERRORS_OPTION(path, quote(value), "give a text that is not empty");
}

export function readTexts(value: unknown, path: string): readonly string[] {
  return readArray(value, path).map((entry, at) => readText(entry, `${path}[${at}]`));
}

export function readBoolean(value: unknown, path: string): boolean {
  if (typeof value === "boolean") return value;
  throw new FST_GRPC_ERRORS_OPTION(path, quote(value), "give true or false");
}

export function readChoice<const T extends string>(
  value: unknown,
  path: string,
  choices: readonly T[],
): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  throw new FST_GRPC_ERRORS_OPTION(
    path,
    quote(value),
    `use one of ${choices.map(quote).join(", ")}`,
  );
}

/** A code by name, number, or a number as an object's key; OK is refused, since it is no failure. */
export function readCode(value: unknown, path: string): Code {
  const code =
    typeof value === "string" && Object.hasOwn(Code, value)
      ? Code[value as CodeName]
      : Number(value);
  const known = typeof value === "number" || (typeof value === "string" && value !== "");
  if (!known || !Number.isInteger(code) || code < Code.OK || code > Code.UNAUTHENTICATED) {
    throw new FST_GRPC_ERRORS_CODE(
      path,
      quote(value),
      `use a name or number of google.rpc.Code, ${Object.keys(Code).slice(1).join(", ")}`,
    );
  }
  if (code === Code.OK) {
    throw new FST_GRPC_ERRORS_CODE(path, quote(value), "OK is no failure and cannot be mapped");
  }
  return code as Code;
}

/** An HTTP status that an error may have. */
export function readStatus(value: unknown, path: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 400 && value <= 599) {
    return value;
  }
  throw new FST_GRPC_ERRORS_STATUS(path, quote(value), "use an integer from 400 to 599");
}

/** AIP-193: UPPER_SNAKE_CASE of at most 63 characters. */
export function readReason(value: unknown, path: string): string {
  if (typeof value === "string" && /^[A-Z][A-Z0-9_]{1,61}[A-Z0-9]$/.test(value)) return value;
  throw new FST_GRPC_ERRORS_REASON(
    path,
    quote(value),
    "a reason is UPPER_SNAKE_CASE, 3 to 63 characters, [A-Z][A-Z0-9_]+[A-Z0-9] (AIP-193)",
  );
}
