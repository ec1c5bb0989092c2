import type { Context, Span } from "@opentelemetry/api";
import { type CallEnd, codeName } from "grpc-transcoding";
import {
  ERROR_TYPE,
  HTTP_ROUTE,
  HTTP_STATUS_CODE,
  OLD_RPC_STATUS_CODE,
  RPC_STATUS_CODE,
} from "../semantics/conventions.ts";
import { errorType } from "../semantics/faults.ts";
import type { ForeignSpan } from "./foreign-span.ts";
import type { Tracing } from "./tracing.ts";

/** The server span of one call: ours, or that of an instrumentation, which ends it itself. */
export interface ServerSpan {
  readonly span: Span;
  readonly context: Context;
  readonly foreign: ForeignSpan | undefined;
  /** The path template. */
  readonly route: string | undefined;
  /** Whether a method was called: then the status is that of an rpc, too. */
  readonly isCall: boolean;
}

/** Ends a server span with how its call has ended; or tells an instrumentation's own. */
export function endServerSpan(
  { span, foreign, route, isCall }: ServerSpan,
  { code, statusCode }: CallEnd,
  { api, withOldNames }: Tracing,
): void {
  if (isCall) span.setAttribute(RPC_STATUS_CODE, codeName(code));
  if (isCall && withOldNames) span.setAttribute(OLD_RPC_STATUS_CODE, code);
  if (foreign !== undefined) {
    if (route !== undefined) span.setAttribute(HTTP_ROUTE, route);
    // An instrumentation within it has named Fastify's own route, which is a wildcard.
    if (foreign.metadata !== undefined && route !== undefined) foreign.metadata.route = route;
    return;
  }
  if (statusCode !== undefined) span.setAttribute(HTTP_STATUS_CODE, statusCode);
  const type = errorType(code, statusCode);
  if (type !== undefined) {
    span.setAttribute(ERROR_TYPE, type);
    span.setStatus({ code: api.SpanStatusCode.ERROR });
  }
  span.end();
}
