import type { Http2ServerRequest } from "node:http2";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type CallHandle, Code, type Status } from "grpc-transcoding";
import { onSocketClose } from "../observe/socket-close.ts";

/** What a call ends with whose client has gone. */
export const clientClosed: Status = {
  code: Code.CANCELLED,
  message: "the HTTP client closed the connection",
  details: [],
};

/**
 * Ends the call when the client goes away before its answer is complete. Returns the function to call
 * once the call has ended by itself. Over HTTP/1.1 the socket tells: Node emits `close` only on the
 * response whose turn it is, not on those that wait behind it.
 */
export function cancelOnDisconnect(
  request: FastifyRequest,
  reply: FastifyReply,
  handle: CallHandle,
): () => void {
  const cancel = (): void => handle.cancel(clientClosed);
  if (request.raw.httpVersionMajor === 2) {
    reply.raw.once("close", cancel);
    return () => void reply.raw.off("close", cancel);
  }
  return onSocketClose(request.raw.socket, cancel);
}

/** Whether the client has gone already, during an async hook for example: nobody would end the call. */
export function isClientGone({ raw }: FastifyRequest): boolean {
  if (raw.httpVersionMajor === 2) {
    const { stream } = raw as unknown as Http2ServerRequest;
    return stream.destroyed || stream.closed;
  }
  return raw.socket.destroyed;
}
