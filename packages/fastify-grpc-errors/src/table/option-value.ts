import { Code, type CodeName } from "grpc-transcoding";
import { quote } from "grpc-transcoding/internal";
import { FST_GRPC_ERRORS_CODE, FST_GRPC_ERRORS_REASON, FST_GRPC_ERRORS_STATUS } from "../errors.ts";
import { read } from "../option/read.ts";

// Readers of what only tables have.

export function readTexts(value: unknown, path: string): readonly string[] {
  return read.list(value, path, read.text);
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
