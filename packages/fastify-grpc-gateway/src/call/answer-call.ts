import type { FastifyReply, FastifyRequest } from "fastify";
import { StatusError } from "grpc-transcoding";
import { joinVary, type MetadataChanges } from "grpc-transcoding/internal";
import type { RpcRoute } from "../mount/mounted-route.ts";
import { beginCall, decodeRequest, rawQuery } from "./begin-call.ts";
import type { CallRuntime } from "./call-runtime.ts";
import { clientClosed, isClientGone } from "./cancel-on-disconnect.ts";
import { HeadResponse } from "./head-response.ts";
import type { RestCall } from "./rest-call.ts";
import type { RestReceiver } from "./rest-receiver.ts";
import { SingleResponse } from "./single-response.ts";
import { StreamResponse } from "./stream-response.ts";
import { streamedRequest } from "./streamed-request.ts";

/**
 * Makes the call of a request and answers it. Throws, or sends, a StatusError for a request that cannot
 * be decoded. A pipelined request waits until the responses before it are complete: no call runs ahead
 * of a client that does not read, nor for a request that Fastify's `handlerTimeout` has answered by then.
 */
export function answerCall(
  runtime: CallRuntime,
  route: RpcRoute,
  request: FastifyRequest,
  reply: FastifyReply,
  captures: readonly string[],
): void {
  const start = (changes?: MetadataChanges): void => {
    if (reply.sent) return;
    if (isClientGone(request)) {
      throw new StatusError(clientClosed.code, clientClosed.message, { origin: "transport" });
    }
    if (route.masks !== undefined) {
      reply.header("vary", joinVary(reply.getHeader("vary"), "x-goog-fieldmask"));
    }
    const mask = route.masks?.maskOf(request, rawQuery(request.raw.url ?? ""));
    startCall({ runtime, route, request, reply, captures, changes, mask });
  };
  const startLater = (changes?: MetadataChanges): void => {
    try {
      start(changes);
    } catch (error) {
      reply.send(error);
    }
  };
  const begin = (): void => {
    if (runtime.guard.isOpen) start();
    else runtime.guard.admit(request, reply, startLater, (error) => reply.send(error));
  };
  // Node gives a response its socket when its turn comes.
  if (request.raw.httpVersionMajor === 2 || reply.raw.socket !== null) {
    begin();
    return;
  }
  reply.raw.once("socket", () => {
    try {
      begin();
    } catch (error) {
      reply.send(error);
    }
  });
}

/** Starts a call of any kind. What is wrong with the request as a whole is thrown before there is a call. */
function startCall(rest: RestCall): void {
  const { runtime, route, request, reply } = rest;
  const { clientStreaming, serverStreaming } = route.binding.method;
  const framing = serverStreaming ? runtime.framing(rest) : undefined;
  const isHead = request.method === "HEAD";
  if (framing !== undefined && isHead && !route.transcoder.rawResponse) {
    reply.header("content-type", framing.contentType(undefined)).send();
    return;
  }
  const isEventStream = framing?.isEventStream ?? false;
  const call = beginCall(rest, isEventStream && !route.takesLastEventId);
  const receiverOf = (): RestReceiver => {
    if (framing === undefined) return new SingleResponse(rest, call);
    return isHead ? new HeadResponse(rest, call, framing) : new StreamResponse(rest, call, framing);
  };
  if (clientStreaming) {
    const sendMessages = streamedRequest(rest);
    const receiver = receiverOf();
    const handle = receiver.start();
    receiver.watch();
    sendMessages(receiver, handle);
    return;
  }
  const decoded = decodeRequest(rest, isEventStream);
  const bytes = rest.mask?.fillRequest(decoded) ?? decoded;
  call.timing.decoded = performance.now();
  const receiver = receiverOf();
  const handle = receiver.start();
  handle.send(bytes);
  call.timing.sent = performance.now();
  handle.halfClose();
  receiver.watch();
}
