import type { Metadata, Server } from "@grpc/grpc-js";
import { Code, type Transport, transportClosed, transportStatus } from "grpc-transcoding";
import {
  defaultMaxBytes,
  endedCall,
  type MessageLimits,
  type ResolvedLimits,
} from "grpc-transcoding/internal";
import { serverInternals } from "../grpc-js/internals.ts";
import { toGrpcMetadata } from "./grpc-metadata.ts";
import { InProcessCall } from "./in-process-call.ts";
import { InProcessUnary } from "./in-process-unary.ts";
import { LiveCalls } from "./live-calls.ts";
import { type OnHandlerError, reportHandlerErrors } from "./reporting-handler.ts";
import { unimplemented } from "./server-call-status.ts";

/** Options of {@link createInProcessTransport}. */
export interface InProcessTransportOptions extends MessageLimits {
  /** Told what a handler threw or rejected with, which its client must not see. @default nobody is */
  readonly onHandlerError?: OnHandlerError;
}

/**
 * A transport straight to the handlers of a grpc-js `Server` of this process, which need not be bound: no
 * socket, no HTTP/2. The server's interceptors run; without any, unary calls skip grpc-js' call machinery.
 * Its own `grpc.max_receive_message_length` is the default of `maxRequestBytes`.
 * Throws when this version of grpc-js is not one that it knows.
 */
export function createInProcessTransport(
  server: Server,
  options: InProcessTransportOptions = {},
): Transport {
  const internals = serverInternals(server);
  const resolved = resolveLimits(options, internals.options);
  const { onHandlerError } = options;
  const reporting = onHandlerError && reportHandlerErrors(onHandlerError);
  const live = new LiveCalls();
  return {
    start(call, receiver) {
      if (live.closed) return endedCall(call, receiver, transportClosed, "transport");
      const registered = internals.handlers.get(call.method.path);
      if (registered === undefined) {
        return endedCall(call, receiver, unimplemented(call.method.path), "service");
      }
      const handler = reporting === undefined ? registered : reporting(registered);
      let metadata: Metadata;
      try {
        metadata = toGrpcMetadata(call.metadata);
      } catch (error) {
        const { message } = error as Error;
        return endedCall(call, receiver, transportStatus(Code.INTERNAL, message), "transport");
      }
      if (handler.type === "unary" && internals.interceptors.length === 0) {
        return new InProcessUnary(handler, call, metadata, receiver, resolved, live);
      }
      const running = new InProcessCall(handler, call, metadata, receiver, resolved, live);
      running.begin(internals);
      return running;
    },
    get liveCalls() {
      return live.size;
    },
    close() {
      live.close();
    },
  };
}

function resolveLimits(
  limits: MessageLimits,
  serverOptions: { readonly "grpc.max_receive_message_length"?: number },
): ResolvedLimits {
  return {
    maxRequestBytes:
      limits.maxRequestBytes ?? serverOptions["grpc.max_receive_message_length"] ?? defaultMaxBytes,
    maxResponseBytes: limits.maxResponseBytes ?? defaultMaxBytes,
  };
}
