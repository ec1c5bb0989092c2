import type { JsonError } from "../json/json-codec.ts";
import { badRequestDetail, type FieldViolation } from "../status/error-details.ts";
import { gatewayError, type StatusError } from "../status/status-error.ts";
import { TextValueError, type ViolationReason } from "./text-dialect.ts";

// More and longer ones help nobody, and a client must not make an answer large.
const maxViolations = 20;
const maxFieldLength = 256;

/** Adds to a request's violations, which are thrown together. */
export function addViolation(
  violations: FieldViolation[],
  field: string,
  reason: ViolationReason,
  description: string,
): void {
  if (isFull(violations)) return;
  // A parameter's name is the client's own text.
  const shown = field.length > maxFieldLength ? `${field.slice(0, maxFieldLength)}...` : field;
  violations.push({ field: shown, reason, description });
}

/** Whether no further violation will be reported, so that there is no use in looking for more. */
export function isFull(violations: readonly FieldViolation[]): boolean {
  return violations.length >= maxViolations;
}

/** Parses a text; a TextValueError becomes a violation of `field`, and the result undefined. */
export function parseText<T>(
  parser: (text: string) => T,
  text: string,
  field: string,
  violations: FieldViolation[],
): T | undefined {
  try {
    return parser(text);
  } catch (error) {
    if (!(error instanceof TextValueError)) throw error;
    addViolation(violations, field, error.reason, error.message);
    return undefined;
  }
}

/** INVALID_ARGUMENT with google.rpc.BadRequest details. */
export function badRequest(
  violations: readonly FieldViolation[],
  options: { readonly cause?: unknown } = {},
): StatusError {
  const message = violations
    .map(({ field, description }) => (field === "" ? description : `${field}: ${description}`))
    .join("; ");
  return gatewayError(message, { ...options, details: [badRequestDetail(violations)] });
}

/** The bad request that a codec's error on the body is; its paths are put under `prefix`. */
export function badBody(error: JsonError, prefix: string): StatusError {
  const violations = error.violations.map(({ path, description }) => ({
    field: joinPath(prefix, path),
    reason: "INVALID_VALUE",
    description,
  }));
  return badRequest(violations, { cause: error });
}

function joinPath(prefix: string, path: string): string {
  if (prefix === "" || path === "") return prefix || path;
  return path.startsWith("[") ? `${prefix}${path}` : `${prefix}.${path}`;
}
