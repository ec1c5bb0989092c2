import type { Attributes, Context, Span } from "@opentelemetry/api";
import {
  type CallHandle,
  Code,
  codeName,
  type Transport,
  type TransportCall,
} from "grpc-transcoding";
import {
  ERROR_TYPE,
  GATEWAY_ATTEMPT,
  OLD_RPC_STATUS_CODE,
  RPC_STATUS_CODE,
} from "../semantics/conventions.ts";
import { addRpcAttributes, spanName } from "./call-spans.ts";
import type { Tracing } from "./tracing.ts";

/** The client span of one attempt. */
export interface AttemptSpan {
  readonly span: Span;
  readonly context: Context;
}

/** Begins the client span of an attempt, within the call's server span, or within a span that the app has begun in that. */
export function beginAttempt(
  { api, tracer, withOldNames }: Tracing,
  call: TransportCall,
  {
    method,
    server,
    count,
  }: { readonly method: string; readonly server: Context; readonly count: number },
): AttemptSpan {
  const { context, trace, SpanKind } = api;
  const active = context.active();
  // Requests that share a connection may find each other's.
  const isOurs =
    active === server ||
    trace.getSpanContext(active)?.traceId === trace.getSpanContext(server)?.traceId;
  const parent = isOurs ? active : server;
  const attributes: Attributes = addRpcAttributes({}, method, call.method.path, withOldNames);
  if (count > 1) attributes[GATEWAY_ATTEMPT] = count;
  const span = tracer.startSpan(spanName(method), { kind: SpanKind.CLIENT, attributes }, parent);
  return { span, context: trace.setSpan(parent, span) };
}

/** Ends the client span of an attempt: whatever is not OK is an error to the caller (rpc/grpc.md). */
export function endAttempt(
  { api, withOldNames }: Tracing,
  { span }: AttemptSpan,
  code: Code,
): void {
  const name = codeName(code);
  span.setAttribute(RPC_STATUS_CODE, name);
  if (withOldNames) span.setAttribute(OLD_RPC_STATUS_CODE, code);
  if (code !== Code.OK) {
    span.setAttribute(ERROR_TYPE, name);
    span.setStatus({ code: api.SpanStatusCode.ERROR });
  }
  span.end();
}

/** Starts a call inside the span's context, and lets what makes handlers of this process run happen there, too. */
export function startWithin(
  { api }: Tracing,
  { context: within }: AttemptSpan,
  { method }: TransportCall,
  start: () => ReturnType<Transport["start"]>,
): CallHandle {
  const { context } = api;
  const handle = context.with(within, start);
  return {
    send(bytes, onAccepted) {
      // The handler of a method that takes one message waits for the end of the request.
      if (!method.clientStreaming) handle.send(bytes, onAccepted);
      else context.with(within, () => handle.send(bytes, onAccepted));
    },
    halfClose: () => context.with(within, () => handle.halfClose()),
    // Neither of these calls a handler.
    read: () => handle.read(),
    cancel: (status) => handle.cancel(status),
  };
}
