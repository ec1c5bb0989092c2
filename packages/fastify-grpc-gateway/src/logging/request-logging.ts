import type { FastifyInstance, FastifyRequest } from "fastify";
import { logControllerOf } from "../fastify/internals.ts";

/** Whether a request is logged, by the app's own choice. */
export type LogsRequest = (request: FastifyRequest) => boolean;

/**
 * Follows the app's `disableRequestLogging`, given as an option, as a function, or by a `logController`.
 * Fastify keeps the controller under a symbol of its own; where there is none, the option decides.
 */
export function requestLogging(fastify: FastifyInstance): LogsRequest {
  const controller = logController(fastify);
  if (controller !== undefined) return (request) => !controller.isLogDisabled(request);
  const enabled = fastify.initialConfig.disableRequestLogging !== true;
  return () => enabled;
}

interface LogController {
  isLogDisabled(request: FastifyRequest): boolean;
}

function logController(fastify: FastifyInstance): LogController | undefined {
  const found = logControllerOf(fastify) as Partial<LogController> | undefined;
  return typeof found?.isLogDisabled === "function" ? (found as LogController) : undefined;
}
