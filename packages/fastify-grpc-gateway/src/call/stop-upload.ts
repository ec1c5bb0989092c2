import type { Http2ServerResponse } from "node:http2";
import { constants } from "node:http2";
import type { Readable } from "node:stream";
import type { FastifyReply } from "fastify";

/** How much of a body is still read, and how long its client has to take the answer before the connection is cut. */
const MAX_IGNORED_BYTES = 256 * 1024;
const MAX_IGNORED_MS = 500;

/**
 * Ends an upload whose call has ended before it: nobody reads the rest. Over HTTP/2 the stream is reset without an
 * error (RFC 9113, section 8.1). Over HTTP/1.1 nothing tells a client but the end of its connection, which may cost it
 * the answer while it still sends (RFC 9112, section 9.6): so that comes a little later, if the body has not ended.
 */
export function stopUpload({ raw, request }: FastifyReply, body: Readable): void {
  if (body.readableEnded || body.destroyed) return;
  if (request.raw.httpVersionMajor === 2) {
    const { stream } = raw as unknown as Http2ServerResponse;
    raw.once("finish", () => void stream.close(constants.NGHTTP2_NO_ERROR));
    return;
  }
  let ignored = 0;
  body.on("data", (chunk: Buffer) => {
    ignored += chunk.length;
    if (ignored > MAX_IGNORED_BYTES) body.pause();
  });
  body.resume();
  raw.once("finish", () => {
    if (body.readableEnded) return;
    const timer = setTimeout(() => request.raw.destroy(), MAX_IGNORED_MS);
    body.once("close", () => clearTimeout(timer));
  });
}
