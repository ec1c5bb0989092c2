import type { FastifyReply, FastifyRequest } from "fastify";
import {
  type CallOrigin,
  Code,
  type MetadataEntries,
  type Status,
  StatusError,
  type TransportCall,
} from "grpc-transcoding";
import { failureOf, type MetadataChanges } from "grpc-transcoding/internal";
import { logCall } from "../logging/call-log.ts";
import type { RpcRoute } from "../mount/mounted-route.ts";
import { selectionOf } from "../mount/route-selection.ts";
import { missingResponse, secondResponse } from "../transport/single-response.ts";
import { beginCall, decodeRequest } from "./begin-call.ts";
import type { CallRuntime } from "./call-runtime.ts";
import { cancelOnDisconnect } from "./cancel-on-disconnect.ts";
import { cancelWhenAnswered } from "./cancel-when-answered.ts";

/** Runs a request with one response message, and answers it. Throws StatusErrors of decoding. */
export function answerUnary(
  runtime: CallRuntime,
  route: RpcRoute,
  request: FastifyRequest,
  reply: FastifyReply,
  captures: readonly string[],
  changes: MetadataChanges | undefined,
): void {
  const call = beginCall(runtime, route, request, changes);
  const bytes = decodeRequest(route, request, captures);
  call.timing.decoded = performance.now();

  let headers: MetadataEntries = [];
  let message: Uint8Array | undefined;
  let isSecond = false;
  let ended = false;
  let answered = false;
  let stopWatching: (() => void) | undefined;
  let takeReply: (() => void) | undefined;
  const handle = selectionOf(request.raw).served.transport.start(call, {
    onHeaders(metadata) {
      call.timing.headers = performance.now();
      headers = metadata;
    },
    onMessage(received) {
      if (message !== undefined) {
        isSecond = true;
        handle.cancel(secondResponse);
        return;
      }
      message = received;
      // A transport of the user's may hold the status, or a second message, until it is read.
      handle.read();
    },
    onStatus(status, trailers, origin = "service") {
      ended = true;
      stopWatching?.();
      takeReply?.();
      if (answered || reply.sent) return;
      if (isSecond) {
        reply.send(upstreamFault(secondResponse));
        return;
      }
      const metadata = runtime.answerTrailers(request, reply, headers, trailers);
      if (status.code === Code.OK) {
        answerMessage(runtime, route, call, message, metadata, request, reply);
      } else {
        reply.send(failureOfCall(status, trailers, metadata, origin, request));
      }
    },
  });
  handle.read();
  handle.send(bytes);
  call.timing.sent = performance.now();
  handle.halfClose();
  // In-process handlers often answer at once: then there is nothing left to cancel.
  if (ended) return;
  stopWatching = cancelOnDisconnect(request, reply, handle);
  takeReply = cancelWhenAnswered(reply, handle, () => {
    answered = true;
    stopWatching?.();
  });
}

/** The failure that ends a call, as something to send. Its details stand in the trailers. */
export function failureOfCall(
  status: Status,
  trailers: MetadataEntries,
  metadata: MetadataEntries,
  origin: CallOrigin,
  request: FastifyRequest,
): StatusError {
  const warn = (message: string): void => {
    request.log.warn({ grpc: { method: request.grpcCall?.method.path } }, message);
  };
  return StatusError.from({ ...failureOf(status, trailers, { origin, warn }), metadata });
}

function upstreamFault(status: Status): StatusError {
  return StatusError.from({ status, origin: "upstream" });
}

function answerMessage(
  runtime: CallRuntime,
  route: RpcRoute,
  call: TransportCall,
  message: Uint8Array | undefined,
  metadata: MetadataEntries,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  try {
    if (message === undefined) throw upstreamFault(missingResponse);
    const body = route.transcoder.encodeResponse(message);
    call.timing.encoded = performance.now();
    if (runtime.logsRequest(request)) logCall(request, Code.OK);
    runtime.setResponseHeaders(reply, metadata);
    reply.header("content-type", route.transcoder.responseContentType(message)).send(body);
  } catch (error) {
    reply.send(error);
  }
}
