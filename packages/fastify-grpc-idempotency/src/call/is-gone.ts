import type { Http2ServerRequest } from "node:http2";
import type { FastifyReply, FastifyRequest } from "fastify";

/** Whether nobody waits for an answer any more: the client has gone, or something else has answered. */
export function isGone({ raw }: FastifyRequest, reply: FastifyReply): boolean {
  if (reply.sent) return true;
  if (raw.httpVersionMajor !== 2) return raw.socket.destroyed;
  const { stream } = raw as unknown as Http2ServerRequest;
  return stream.destroyed || stream.closed;
}
