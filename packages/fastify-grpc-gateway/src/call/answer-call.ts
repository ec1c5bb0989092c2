import type { FastifyReply, FastifyRequest } from "fastify";
import { StatusError } from "grpc-transcoding";
import type { MetadataChanges } from "grpc-transcoding/internal";
import type { RpcRoute } from "../mount/mounted-route.ts";
import type { CallRuntime } from "./call-runtime.ts";
import { clientClosed, isClientGone } from "./cancel-on-disconnect.ts";
import { answerServerStreaming } from "./server-streaming.ts";
import { answerUnary } from "./unary.ts";

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
  const answer = route.binding.method.serverStreaming ? answerServerStreaming : answerUnary;
  const start = (changes?: MetadataChanges): void => {
    if (reply.sent) return;
    if (isClientGone(request)) {
      throw new StatusError(clientClosed.code, clientClosed.message, { origin: "transport" });
    }
    answer(runtime, route, request, reply, captures, changes);
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
    else runtime.guard.admit(request, startLater, (error) => reply.send(error));
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
