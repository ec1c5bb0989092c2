import {
  type CallHandle,
  type CallReceiver,
  type Code,
  type Interceptor,
  type Transport,
  type TransportCall,
  toCode,
} from "grpc-transcoding";
import { observationKey } from "grpc-transcoding/internal";
import { beginAttempt, endAttempt, startWithin } from "../trace/attempt-spans.ts";
import type { CallParts } from "./call-parts.ts";
import { Observation } from "./observation.ts";

/** Stands around every attempt of a gateway's calls on a transport: a client span, the trace in its metadata, and how long it took. */
export function observeAttempts(parts: CallParts): Interceptor {
  return (next) => ({
    start(call, receiver) {
      const observation = call.context?.get(observationKey);
      if (!(observation instanceof Observation)) return next.start(call, receiver);
      observation.attempts += 1;
      call.timing.dispatched ??= performance.now();
      return startAttempt(parts, observation, next, call, receiver);
    },
  });
}

function startAttempt(
  { tracing, metrics }: CallParts,
  { method = "", span: server, attempts: count }: Observation,
  next: Transport,
  call: TransportCall,
  receiver: CallReceiver,
): CallHandle {
  const measured = (code: Code): void => {
    metrics?.attempt(method, code, performance.now() - began);
  };
  const began = performance.now();
  if (tracing === undefined || server === undefined) {
    return metrics === undefined
      ? next.start(call, receiver)
      : next.start(call, whenEnded(receiver, measured));
  }
  const attempt = beginAttempt(tracing, call, { method, server: server.context, count });
  const metadata = tracing.traces.inject(attempt.context, call.metadata);
  const ended = whenEnded(receiver, (code) => {
    measured(code);
    endAttempt(tracing, attempt, code);
  });
  return startWithin(tracing, attempt, call, () => next.start({ ...call, metadata }, ended));
}

function whenEnded(receiver: CallReceiver, listener: (code: Code) => void): CallReceiver {
  return {
    onHeaders: (metadata) => receiver.onHeaders(metadata),
    onMessage: (bytes) => receiver.onMessage(bytes),
    onStatus(status, trailers, origin) {
      // A transport of the app's own may report any number.
      listener(toCode(status.code));
      receiver.onStatus(status, trailers, origin);
    },
  };
}
