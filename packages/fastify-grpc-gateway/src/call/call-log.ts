import type { FastifyRequest } from "fastify";
import { codeName, type TransportCall } from "grpc-transcoding";

/** The one log line of a call: which method, how it ended, and where its milliseconds went. */
export function logCall(request: FastifyRequest, call: TransportCall, code: number): void {
  const { selected = 0, decoded = selected, headers, encoded } = call.timing;
  const now = performance.now();
  request.log.info(
    {
      grpc: { method: call.method.path, code: codeName(code) },
      durations: {
        decodeMs: round(decoded - selected),
        callMs: round((headers ?? now) - decoded),
        encodeMs: encoded === undefined ? undefined : round(encoded - (headers ?? decoded)),
        totalMs: round(now - selected),
      },
    },
    "grpc call completed",
  );
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
