import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerResponse, ServerHttp2Stream } from "node:http2";
import { constants } from "node:http2";
import type { Readable } from "node:stream";
import type { FastifyReply } from "fastify";

/** How much of a body is still read, and how long its client has to take the answer before the connection is cut. */
const MAX_IGNORED_BYTES = 256 * 1024;
const MAX_IGNORED_MS = 500;

/** Within how many turns behind the last byte Node sends the end of an answer: it asks for trailers first. */
const TURNS_TO_END = 5;

/**
 * Ends an upload whose call has ended before it: nobody reads the rest. Over HTTP/2 the stream is reset without an
 * error (RFC 9113, section 8.1). Over HTTP/1.1 nothing tells a client but the end of its connection, which may cost it
 * the answer while it still sends (RFC 9112, section 9.6): so that comes a little later, if the body has not ended.
 */
export function stopUpload({ raw, request }: FastifyReply, body: Readable): void {
  if (body.readableEnded || body.destroyed) return;
  if (request.raw.httpVersionMajor === 2) {
    const { stream } = raw as unknown as Http2ServerResponse;
    body.pause();
    // The response's own "finish" comes with the end of both sides.
    stream.once("finish", () => resetWhenAnswered(stream, TURNS_TO_END));
    return;
  }
  let ignored = 0;
  body.on("data", (chunk: Buffer) => {
    ignored += chunk.length;
    if (ignored > MAX_IGNORED_BYTES) body.pause();
  });
  body.resume();
  lingerBeforeClose(request.raw, raw);
}

/**
 * Cuts the connection a while behind the answer, unless the upload ends by then. An answer that says `connection: close`
 * would make Node close it at once, which with unread bytes of the client is a reset that takes the answer away from it:
 * until then, only the answer's side is closed.
 */
function lingerBeforeClose(upload: IncomingMessage, answer: ServerResponse): void {
  const { socket } = upload;
  const { destroySoon } = socket;
  let isClosing = false;
  let timer: NodeJS.Timeout | undefined;
  const linger = (): void => {
    timer ??= setTimeout(() => upload.destroy(), MAX_IGNORED_MS);
  };
  answer.once("finish", () => {
    if (!upload.readableEnded) linger();
  });
  upload.once("close", () => {
    clearTimeout(timer);
    socket.destroySoon = destroySoon;
    if (isClosing) socket.destroySoon();
  });
  // The socket of an injected request is none.
  if (destroySoon === undefined) return;
  socket.destroySoon = () => {
    isClosing = true;
    socket.end();
    linger();
  };
}

/** Resets a stream without an error, once the end of its answer is on its way: before that, the reset would cut it off. */
function resetWhenAnswered(stream: ServerHttp2Stream, turns: number): void {
  if (stream.destroyed) return;
  if (turns > 0 && stream.state.localClose === 0) {
    setImmediate(() => resetWhenAnswered(stream, turns - 1));
  } else stream.close(constants.NGHTTP2_NO_ERROR);
}
