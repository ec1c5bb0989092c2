import type { IncomingMessage } from "node:http";
import type { Http2ServerResponse, ServerHttp2Stream } from "node:http2";
import { constants } from "node:http2";
import type { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";

/** How much of a body is still read, and how long its client has to take the answer before the connection is cut. */
const MAX_IGNORED_BYTES = 256 * 1024;
const MAX_IGNORED_MS = 500;

/**
 * Lets go of an upload whose call has ended before it: nobody reads the rest, and behind the answer it is ended. Over
 * HTTP/1.1 some of the rest is read, so that the client comes to its answer.
 */
export function stopUpload({ request }: FastifyReply, body: Readable): void {
  if (body.readableEnded || body.destroyed) return;
  if (request.raw.httpVersionMajor === 2) {
    body.pause();
    return;
  }
  let ignored = 0;
  body.on("data", (chunk: Buffer) => {
    ignored += chunk.length;
    if (ignored > MAX_IGNORED_BYTES) body.pause();
  });
  body.resume();
  lingerBeforeClose(request.raw);
}

/**
 * Ends an upload over HTTP/1.1 that goes on behind its answer, whoever gave that: Node would read it for ever. Nothing tells
 * a client but the end of its connection, which may cost it the answer while it still sends (RFC 9112, section 9.6): so
 * that comes a little later.
 */
export function cutUpload({ raw }: FastifyRequest): void {
  if (raw.httpVersionMajor === 2 || raw.complete || raw.destroyed) return;
  const timer = setTimeout(() => raw.destroy(), MAX_IGNORED_MS);
  raw.once("close", () => clearTimeout(timer));
}

/**
 * An answer that says `connection: close` would make Node close the connection at once, which with unread bytes of the
 * client is a reset that takes the answer away from it: until the upload is cut, only the answer's side is closed.
 */
function lingerBeforeClose(upload: IncomingMessage): void {
  const { socket } = upload;
  const { destroySoon } = socket;
  // The socket of an injected request is none.
  if (destroySoon === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  socket.destroySoon = () => {
    socket.end();
    // An answer that broke off has no end that would cut the upload.
    timer ??= setTimeout(() => upload.destroy(), MAX_IGNORED_MS);
  };
  upload.once("close", () => {
    socket.destroySoon = destroySoon;
    if (timer === undefined) return;
    clearTimeout(timer);
    socket.destroySoon();
  });
}

/**
 * Ends an upload over HTTP/2 that goes on behind its answer, whoever gave that: its stream is reset without an error (RFC
 * 9113, section 8.1). Node does so only where nobody has begun to read.
 */
export function closeUpload({ raw: request }: FastifyRequest, { raw }: FastifyReply): void {
  if (request.httpVersionMajor !== 2) return;
  const { stream } = raw as unknown as Http2ServerResponse;
  // The response's own "finish" comes with the end of both sides.
  stream.once("finish", () => closeOnceSent(stream, request, 1));
}

/**
 * Closes a stream behind the last frame of its response. Node tells when the body has gone, but not when the trailers have;
 * and a reset overtakes those.
 */
function closeOnceSent(stream: ServerHttp2Stream, request: IncomingMessage, waitMs: number): void {
  if (stream.destroyed || stream.readableEnded) return;
  if (stream.closed || stream.state.localClose === 1) {
    stream.close(constants.NGHTTP2_NO_ERROR);
    // A stream with bytes that nobody takes is never destroyed, nor is its session.
    request.resume();
  } else {
    const longerMs = Math.min(waitMs * 2, MAX_IGNORED_MS);
    setTimeout(closeOnceSent, waitMs, stream, request, longerMs);
  }
}
