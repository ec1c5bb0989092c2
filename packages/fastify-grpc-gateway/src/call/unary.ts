import type { FastifyReply, FastifyRequest } from "fastify";
import {
  Code,
  failureOf,
  type MetadataEntries,
  type Status,
  StatusError,
  type TransportCall,
} from "grpc-transcoding";
import { beginCall, decodeRequest } from "./begin-call.ts";
import { logCall } from "./call-log.ts";
import { type CallRuntime, cancelOnDisconnect, type RpcRoute } from "./rpc-route.ts";

/** Runs a request with one response message, and answers it. Throws StatusErrors of decoding. */
export function answerUnary(
  runtime: CallRuntime,
  route: RpcRoute,
  request: FastifyRequest,
  reply: FastifyReply,
  captures: readonly string[],
): void {
  const call = beginCall(runtime, route, request);
  const bytes = decodeRequest(route, request, captures);
  call.timing.decoded = performance.now();

  let headers: MetadataEntries = [];
  let message: Uint8Array | undefined;
  let ended = false;
  const handle = runtime.transport.start(call, {
    onHeaders(metadata) {
      call.timing.headers = performance.now();
      headers = metadata;
    },
    onMessage(received) {
      message = received;
      // A second message would be a protocol error, which only a further read brings to light.
      handle.read();
    },
    onStatus(status, trailers, origin = "service") {
      ended = true;
      finish(runtime, route, call, { status, headers, trailers, origin }, message, request, reply);
    },
  });
  handle.read();
  handle.send(bytes);
  call.timing.sent = performance.now();
  handle.halfClose();
  // In-process handlers often answer at once: then there is nothing left to cancel.
  if (!ended) cancelOnDisconnect(reply, handle);
}

/** How the call ended, with all metadata of the response. */
interface CallEnd {
  readonly status: Status;
  readonly headers: MetadataEntries;
  readonly trailers: MetadataEntries;
  readonly origin: "service" | "transport";
}

function finish(
  runtime: CallRuntime,
  route: RpcRoute,
  call: TransportCall,
  { status, headers, trailers, origin }: CallEnd,
  message: Uint8Array | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const metadata = runtime.answerTrailers(request, reply, headers, trailers);
  if (status.code !== Code.OK) {
    if (runtime.logsRequest(request)) logCall(request, call, status.code);
    const warn = (message: string): void => request.log.warn({ grpc: call.method.path }, message);
    reply.send(StatusError.from({ ...failureOf(status, trailers, { origin, warn }), metadata }));
    return;
  }
  try {
    if (message === undefined) {
      throw new StatusError(Code.INTERNAL, "the service ended the call without a response", {
        origin: "transport",
      });
    }
    const body = route.transcoder.encodeResponse(message);
    call.timing.encoded = performance.now();
    if (runtime.logsRequest(request)) logCall(request, call, Code.OK);
    runtime.setResponseHeaders(reply, metadata);
    reply.header("content-type", route.transcoder.responseContentType(message)).send(body);
  } catch (error) {
    reply.send(error);
  }
}
