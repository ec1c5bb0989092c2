import type { Http2ServerRequest } from "node:http2";
import type { Socket } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type CallHandle, Code, type Status } from "grpc-transcoding";

/** What a call ends with whose client has gone. */
export const clientClosed: Status = {
  code: Code.CANCELLED,
  message: "the HTTP client closed the connection",
  details: [],
};

/** The calls of HTTP/1.1 connections. One connection may have several, by pipelining. */
const callsOfSockets = new WeakMap<Socket, Set<CallHandle>>();

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
  if (request.raw.httpVersionMajor === 2) {
    const cancel = (): void => handle.cancel(clientClosed);
    reply.raw.once("close", cancel);
    return () => void reply.raw.off("close", cancel);
  }
  const calls = callsOf(request.raw.socket);
  calls.add(handle);
  return () => void calls.delete(handle);
}

function callsOf(socket: Socket): Set<CallHandle> {
  const known = callsOfSockets.get(socket);
  if (known !== undefined) return known;
  const calls = new Set<CallHandle>();
  callsOfSockets.set(socket, calls);
  socket.once("close", () => {
    for (const handle of calls) handle.cancel(clientClosed);
  });
  return calls;
}

/** Whether the client has gone already, during an async hook for example: nobody would end the call. */
export function isClientGone({ raw }: FastifyRequest): boolean {
  if (raw.httpVersionMajor === 2) {
    const { stream } = raw as unknown as Http2ServerRequest;
    return stream.destroyed || stream.closed;
  }
  return raw.socket.destroyed;
}
