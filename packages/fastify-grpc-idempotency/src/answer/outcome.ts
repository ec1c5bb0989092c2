import { Code, type Failure, type TransportCall } from "grpc-transcoding";

/**
 * What has come of an attempt.
 * - `"final"`: its answer is the answer from now on.
 * - `"free"`: nothing was executed, or the same request may fare better later: it may be executed again.
 * - `"unknown"`: it may have been executed, in whole or in part.
 */
export type Outcome = "final" | "free" | "unknown";

// Of 4xx answers those that time, credentials or other requests may change.
const passing: ReadonlySet<number> = new Set([401, 403, 408, 409, 412, 425, 429]);

// By these a service says that it did not do what was asked (google/rpc/code.proto).
const refusing: ReadonlySet<Code> = new Set([
  Code.INVALID_ARGUMENT,
  Code.NOT_FOUND,
  Code.ALREADY_EXISTS,
  Code.PERMISSION_DENIED,
  Code.UNAUTHENTICATED,
  Code.RESOURCE_EXHAUSTED,
  Code.FAILED_PRECONDITION,
  Code.ABORTED,
  Code.OUT_OF_RANGE,
  Code.UNIMPLEMENTED,
]);

/** How the answer of a hand-written route counts. */
export function outcomeOfStatus(statusCode: number): Outcome {
  if (statusCode >= 500) return "unknown";
  return passing.has(statusCode) ? "free" : "final";
}

/** What is known of a call when its answer is sent. */
export interface AnsweredCall {
  readonly statusCode: number;
  /** What the answer tells; undefined for a success. */
  readonly failure: Failure | undefined;
  /** The call that was made; undefined where it did not come to that. */
  readonly call: TransportCall | undefined;
  /** Codes by which the service says that it has done nothing, beside those that always do. */
  readonly notExecuted: ReadonlySet<Code>;
}

/** How the answer of a gateway's call counts. */
export function outcomeOfCall({ statusCode, failure, call, notExecuted }: AnsweredCall): Outcome {
  if (isSurelyUnsent(call)) return "free";
  if (failure === undefined) return outcomeOfStatus(statusCode);
  const { status, origin } = failure;
  if (origin !== "service") return "unknown";
  if (notExecuted.has(status.code)) return "free";
  if (!refusing.has(status.code)) return "unknown";
  const outcome = outcomeOfStatus(statusCode);
  return outcome === "final" ? "final" : "free";
}

function isSurelyUnsent(call: TransportCall | undefined): boolean {
  // `decoded` is the moment before the call is handed to its transport.
  return (
    call === undefined || call.timing.decoded === undefined || call.timing.refused !== undefined
  );
}
