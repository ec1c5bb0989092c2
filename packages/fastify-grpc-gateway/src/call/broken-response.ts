import type { ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import { constants } from "node:http2";
import type { Socket } from "node:net";
import type { FastifyReply } from "fastify";

/**
 * Ends a response so that nobody takes it for complete, once its client has been sent `last`: HTTP/2 resets the stream,
 * HTTP/1.1 closes the connection within the chunked body (RFC 9112, section 8).
 */
export function breakResponse({ raw, request }: FastifyReply, last: string): void {
  if (request.raw.httpVersionMajor === 2) {
    const { stream } = raw as unknown as Http2ServerResponse;
    if (stream.destroyed || stream.closed) return;
    const reset = (): void => void stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    if (last === "") reset();
    else stream.write(last, reset);
    return;
  }
  const { socket } = raw;
  if (raw.writableEnded || raw.destroyed || socket === null) return;
  const close = (): void => closeBehind(raw, socket, request.raw.httpVersion === "1.0");
  if (last === "") close();
  else raw.write(last, close);
}

/** A body of HTTP/1.0 ends with its connection: only a reset tells that it is not whole. */
function closeBehind(raw: ServerResponse, socket: Socket, byReset: boolean): void {
  // The socket of an injected request is none.
  if (socket.destroySoon === undefined) raw.destroy();
  else if (byReset) socket.resetAndDestroy();
  else socket.destroySoon();
}
