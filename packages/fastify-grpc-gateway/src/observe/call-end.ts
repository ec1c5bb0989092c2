import type { FastifyRequest } from "fastify";
import type { Code } from "grpc-transcoding";
import { logCall } from "../logging/call-log.ts";
import type { LogsRequest } from "../logging/request-logging.ts";
import { findSelection } from "../mount/route-selection.ts";
import { watchOf } from "./call-watch.ts";

/** Tells how the call of a request ended: its observer, and the log where the observer does not write it. */
export function tellEnd(request: FastifyRequest, code: Code, logsRequest: LogsRequest): void {
  const watch = watchOf(findSelection(request.raw)?.context);
  if (watch !== undefined) watch.code = code;
  if (watch?.logs !== true && logsRequest(request)) logCall(request, code);
}
