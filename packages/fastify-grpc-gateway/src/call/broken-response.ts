import type { ServerResponse } from "node:http";
import { constants, type Http2ServerResponse } from "node:http2";
import type { FastifyReply } from "fastify";

const RESET_AFTER_MS = 500;

/**
 * Lets a response break off where its body ends, once the client has been sent that: nobody takes it for complete.
 * HTTP/2 resets the stream, HTTP/1.1 closes the connection within the chunked body (RFC 9112, section 8). Whatever
 * hooks have made of the body, its end is the response's `end`.
 */
export function breakAtEnd({ raw, request }: FastifyReply): void {
  const cut = (): void => {
    if (request.raw.httpVersionMajor === 2) {
      const { stream } = raw as unknown as Http2ServerResponse;
      stream?.close(constants.NGHTTP2_INTERNAL_ERROR);
    } else closeConnection(raw, request.raw.httpVersion === "1.0");
  };
  const write = raw.write as (chunk: unknown, written: () => void) => boolean;
  let unsent = 0;
  let hasEnded = false;
  const sent = (): void => {
    unsent -= 1;
    if (hasEnded && unsent === 0) cut();
  };
  Object.assign(raw, {
    write(chunk: unknown) {
      unsent += 1;
      return write.call(raw, chunk, sent);
    },
    end() {
      hasEnded = true;
      if (unsent === 0) cut();
      return raw;
    },
  });
}

function closeConnection(raw: ServerResponse, byReset: boolean): void {
  const { socket } = raw;
  // The socket of an injected request is none.
  if (socket?.destroySoon === undefined) raw.destroy();
  // A body of HTTP/1.0 ends with its connection: only a reset tells that it is not whole.
  // It overtakes what its client has not read yet.
  else if (byReset) setTimeout(() => socket.resetAndDestroy(), RESET_AFTER_MS);
  else socket.destroySoon();
}
