import type { FastifyInstance, FastifyRequest } from "fastify";
import { logControllerOf } from "../fastify/internals.ts";

/** Whether a request is logged, by the app's own choice; undefined for a native call that has none. */
export type LogsRequest = (request: FastifyRequest | undefined) => boolean;

/**
 * Follows the app's `disableRequestLogging`, given as an option, as a function, or by a `logController`.
 * Fastify keeps the controller under a symbol of its own; where there is none, the option decides.
 */
export function requestLogging(fastify: FastifyInstance): LogsRequest {
  const controller = logController(fastify);
  const enabled = fastify.initialConfig.disableRequestLogging !== true;
  if (controller === undefined) return () => enabled;
  return (request) => (request === undefined ? enabled : !controller.isLogDisabled(request));
}

interface LogController {
  isLogDisabled(request: FastifyRequest): boolean;
}

function logController(fastify: FastifyInstance): LogController | undefined {
  const found = logControllerOf(fastify) as Partial<LogController> | undefined;
  return typeof found?.isLogDisabled === "function" ? (found as LogController) : undefined;
}
