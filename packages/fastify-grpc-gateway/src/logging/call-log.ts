import type { FastifyRequest } from "fastify";
import { type CallTiming, codeName } from "grpc-transcoding";

/**
 * The one log line of a request to an rpc: which method, how it ended, and where its milliseconds went. `method` is the
 * wire path, where the request does not tell it.
 */
export function logCall(request: FastifyRequest, code: number, method?: string): void {
  const { grpcCall, log } = request;
  // Not among the types of Fastify's logger, but Pino's has it: most of the cost is what is logged.
  const { isLevelEnabled } = log as { readonly isLevelEnabled?: (level: string) => boolean };
  if (isLevelEnabled?.call(log, "info") === false) return;
  const path = method ?? grpcCall?.method.path ?? request.grpcBinding?.binding.method.path;
  // A request that no binding has (404, 405) is no call; Fastify logs it as any other.
  if (path === undefined) return;
  log.info(
    {
      grpc: { method: path, code: codeName(code) },
      ...(grpcCall && { durations: durationsOf(grpcCall.timing) }),
    },
    "grpc call completed",
  );
}

function durationsOf({ selected = 0, decoded, sent, headers, encoded }: CallTiming): object {
  const now = performance.now();
  return {
    decodeMs: round((decoded ?? now) - selected),
    totalMs: round(now - selected),
    ...(sent !== undefined && headers !== undefined && { headersMs: round(headers - sent) }),
    ...(sent !== undefined && { callMs: round((encoded ?? now) - sent) }),
  };
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
