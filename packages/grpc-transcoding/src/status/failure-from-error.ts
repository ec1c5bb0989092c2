import { Code } from "../model/code.ts";
import type { Failure } from "../model/failure.ts";
import type { StatusDetail } from "../model/status.ts";
import { badRequestDetail } from "./error-details.ts";
import { failureOf } from "./failure-of.ts";
import { gatewayInfo, httpReason } from "./gateway-info.ts";
import { codeOfHttpStatus } from "./http-status.ts";
import { statusDetailsKey } from "./status-details.ts";
import { StatusError } from "./status-error.ts";

/**
 * The failure behind anything that was thrown. A {@link StatusError} is one already; an error as
 * grpc-js clients report it (`code`, `details`, `metadata`, recognised by shape) is the service's; an
 * error with an HTTP `statusCode` (Fastify's own, or of a hook) is the gateway's, with the gRPC code
 * that `codeOf` gives. Everything else has the status that the response has already where that tells of
 * an error, as Fastify has it for `reply.code(401).send(error)`, and is INTERNAL where it does not.
 */
export function failureFromError(
  error: unknown,
  codeOf: (statusCode: number) => Code = codeOfHttpStatus,
  replyStatus = 500,
): Failure {
  return grpcFailureFromError(error) ?? httpFailure(error, codeOf, replyStatus);
}

/** Like {@link failureFromError}, but only for what is a gRPC failure: undefined for any other error. */
export function grpcFailureFromError(error: unknown): Failure | undefined {
  if (error instanceof StatusError) return error;
  if (!isServiceError(error)) return undefined;
  const encoded: unknown = error.metadata.get(statusDetailsKey)[0];
  const trailers = encoded instanceof Uint8Array ? [[statusDetailsKey, encoded] as const] : [];
  return failureOf(
    // An OK that is thrown would be answered as a success.
    { code: error.code || Code.UNKNOWN, message: error.details, details: [] },
    trailers,
  );
}

interface ServiceErrorShape {
  readonly code: Code;
  readonly details: string;
  readonly metadata: { get(key: string): readonly unknown[] };
}

// By shape: an app may load two copies of grpc-js, and `instanceof` knows one.
function isServiceError(error: unknown): error is ServiceErrorShape {
  if (!(error instanceof Error)) return false;
  const { code, details, metadata } = error as Partial<ServiceErrorShape>;
  return (
    Number.isInteger(code) &&
    (code as number) >= Code.OK &&
    (code as number) <= Code.UNAUTHENTICATED &&
    typeof details === "string" &&
    typeof metadata?.get === "function"
  );
}

/** What errors of Fastify, its plugins and http-errors may carry; any of it may be missing. */
interface HttpErrorShape {
  readonly statusCode?: unknown;
  readonly status?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly headers?: unknown;
  readonly validation?: unknown;
}

function httpFailure(
  error: unknown,
  codeOf: (statusCode: number) => Code,
  replyStatus: number,
): Failure {
  const shape: HttpErrorShape = typeof error === "object" && error !== null ? error : {};
  const statusCode =
    httpErrorStatus(shape.statusCode) ??
    httpErrorStatus(shape.status) ??
    httpErrorStatus(replyStatus) ??
    500;
  const message = shape.message ?? error;
  const details = [
    ...validationDetails(shape.validation),
    gatewayInfo(reasonOf(shape.code, statusCode)),
  ];
  const headers = textHeaders(shape.headers);
  return {
    status: {
      code: codeOf(statusCode),
      message: typeof message === "string" ? message : "",
      details,
    },
    origin: "gateway",
    http: { statusCode, ...(headers && { headers }) },
  };
}

function httpErrorStatus(value: unknown): number | undefined {
  const valid = typeof value === "number" && Number.isInteger(value) && value >= 400 && value < 600;
  return valid ? value : undefined;
}

/** The error's own code where it is a reason by AIP-193 (`FST_ERR_CTP_BODY_TOO_LARGE`), else the status's name. */
function reasonOf(code: unknown, statusCode: number): string {
  if (typeof code === "string" && /^[A-Z][A-Z0-9_]{1,61}[A-Z0-9]$/.test(code)) return code;
  return httpReason(statusCode);
}

/** The `validation` array of a Fastify schema error as BadRequest. */
function validationDetails(validation: unknown): readonly StatusDetail[] {
  if (!Array.isArray(validation) || validation.length === 0) return [];
  const violations = validation.map((entry: { instancePath?: unknown; message?: unknown }) => ({
    field: String(entry?.instancePath ?? "")
      .slice(1)
      .replaceAll("/", "."),
    description: String(entry?.message ?? "is invalid"),
  }));
  return [badRequestDetail(violations)];
}

function textHeaders(headers: unknown): Record<string, string> | undefined {
  if (typeof headers !== "object" || headers === null) return undefined;
  const entries = Object.entries(headers)
    .filter(([, value]) => typeof value === "string" || typeof value === "number")
    .map(([name, value]) => [name.toLowerCase(), String(value)]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
