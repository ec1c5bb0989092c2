import { Code } from "../model/code.ts";
import type { FailureOrigin } from "../model/failure.ts";

/** The canonical HTTP status of each gRPC code, by code number (google/rpc/code.proto). */
const httpStatuses: readonly number[] = [
  200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401,
];

/** The canonical HTTP status of a gRPC code (google/rpc/code.proto); 500 for a number that is no code. */
export function httpStatusOf(code: number): number {
  return httpStatuses[code] ?? 500;
}

// What HTTP says of a faulty upstream is 502. CANCELLED, as 499, would say that the client left.
const upstreamFaults: ReadonlySet<number> = new Set([Code.CANCELLED, Code.UNKNOWN, Code.INTERNAL]);

/**
 * The HTTP status of a failure that no table entry and no declaration decides: the canonical one of its
 * code, but 502 for CANCELLED, UNKNOWN and INTERNAL of an upstream that broke the protocol.
 */
export function failureHttpStatus(code: number, origin: FailureOrigin): number {
  return origin === "upstream" && upstreamFaults.has(code) ? 502 : httpStatusOf(code);
}

const codes: ReadonlyMap<number, Code> = new Map([
  [400, Code.INVALID_ARGUMENT],
  [401, Code.UNAUTHENTICATED],
  [403, Code.PERMISSION_DENIED],
  [404, Code.NOT_FOUND],
  [408, Code.DEADLINE_EXCEEDED],
  [409, Code.ABORTED],
  [412, Code.FAILED_PRECONDITION],
  // Clients retry RESOURCE_EXHAUSTED, and a body that is too large stays too large.
  [413, Code.INVALID_ARGUMENT],
  [415, Code.INVALID_ARGUMENT],
  [416, Code.OUT_OF_RANGE],
  [422, Code.INVALID_ARGUMENT],
  [429, Code.RESOURCE_EXHAUSTED],
  [499, Code.CANCELLED],
  [405, Code.UNIMPLEMENTED],
  [501, Code.UNIMPLEMENTED],
  [502, Code.UNAVAILABLE],
  [503, Code.UNAVAILABLE],
  [504, Code.DEADLINE_EXCEEDED],
]);

/**
 * What an HTTP error raised by a hook or policy of this app means as a gRPC code. This is the
 * semantic table, for errors that were meant; the table that gRPC clients apply to answers of
 * unknown intermediaries (http-grpc-status-mapping.md) differs: there 404 is UNIMPLEMENTED.
 * Any other 4xx is FAILED_PRECONDITION, 2xx is OK, everything else INTERNAL.
 */
export function codeOfHttpStatus(statusCode: number): Code {
  const code = codes.get(statusCode);
  if (code !== undefined) return code;
  if (statusCode >= 200 && statusCode < 300) return Code.OK;
  return statusCode >= 400 && statusCode < 500 ? Code.FAILED_PRECONDITION : Code.INTERNAL;
}
