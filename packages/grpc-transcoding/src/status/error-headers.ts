import type { Failure } from "../model/failure.ts";
import { findDetail } from "./detail-json.ts";
import type { ErrorContext } from "./error-mapper.ts";
import type { VisibleStatus } from "./visible-status.ts";

/**
 * The headers that an HTTP error status demands: those of the failure itself, `allow` for 405
 * (RFC 9110 §15.5.6), `www-authenticate` for 401 (§15.5.2), `retry-after` for 429 and 503 with a
 * RetryInfo. A value that is no legal field value is left out: a peer may have chosen it.
 */
export function errorHeaders(
  statusCode: number,
  failure: Failure,
  visible: VisibleStatus,
  context: ErrorContext,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(failure.http?.headers ?? {})) {
    if (isFieldValue(value)) headers[name] = value;
  }
  if (statusCode === 401) headers["www-authenticate"] ??= challengeOf(failure) ?? "Bearer";
  if (statusCode === 405) headers.allow ??= context.allow?.().join(", ") ?? "";
  if (statusCode === 429 || statusCode === 503) {
    const seconds = retryAfterSeconds(visible);
    if (seconds !== undefined) headers["retry-after"] ??= String(seconds);
  }
  return headers;
}

/** RFC 9110 §5.5, without obs-text: what Node sends unchanged and no proxy misreads. */
export function isFieldValue(value: string): boolean {
  return /^[\t\x20-\x7e]*$/.test(value);
}

/** A `vary` of the table joined to one that the response has already, of @fastify/cors for example. */
export function joinVary(present: unknown, added: string): string {
  const names = `${present ?? ""},${added}`.split(",").map((name) => name.trim().toLowerCase());
  return [...new Set(names.filter((name) => name !== ""))].join(", ");
}

/**
 * Whether a `www-authenticate` that is on the response already, of a hook that knows its scheme (Basic,
 * Digest), stands in place of the table's. It gives way to headers of the failure itself, as on any route of Fastify.
 */
export function keepsChallenge(failure: Failure, present: unknown): boolean {
  return present !== undefined && failure.http?.headers?.["www-authenticate"] === undefined;
}

/** The challenge that the service itself sent as metadata. */
function challengeOf(failure: Failure): string | undefined {
  const value = failure.trailers?.find(([key]) => key === "www-authenticate")?.[1];
  return typeof value === "string" && value !== "" && isFieldValue(value) ? value : undefined;
}

/** google.rpc.RetryInfo.retry_delay in whole seconds, at least 1. */
function retryAfterSeconds(visible: VisibleStatus): number | undefined {
  const info = findDetail(visible.details, "google.rpc.RetryInfo");
  const delay = info?.retryDelay;
  if (typeof delay !== "string") return undefined;
  return Math.max(1, Math.ceil(Number.parseFloat(delay)));
}
