import { constants, type ServerHttp2Stream } from "node:http2";
import type { Code } from "grpc-transcoding";

/** A status as the split itself answers it. */
export interface RefusedStatus {
  readonly code: Code;
  readonly message: string;
  /** Further trailers, for example `retry-after` or `grpc-retry-pushback-ms`. Lower case. */
  readonly trailers?: Readonly<Record<string, string>>;
}

/**
 * Ends a gRPC stream with a status: as trailers only where nothing was sent yet, after what was sent
 * otherwise (PROTOCOL-HTTP2.md, Responses). Does nothing to a stream that is gone.
 */
export function answerStatus(stream: ServerHttp2Stream, status: RefusedStatus): void {
  if (stream.destroyed || stream.closed) return;
  const trailers = {
    "grpc-status": String(status.code),
    "grpc-message": percentEncode(status.message),
    ...status.trailers,
  };
  if (!stream.headersSent) {
    stream.respond(
      {
        ":status": constants.HTTP_STATUS_OK,
        "content-type": "application/grpc+proto",
        ...trailers,
      },
      { endStream: true },
    );
  } else if (!stream.writableEnded) {
    endWithTrailers(stream, trailers);
  }
  // Otherwise the request's body keeps the stream, and its session, open.
  stream.resume();
}

/**
 * Ends a stream that a gRPC server is answering. The server may want to end it as well while ours waits for the client
 * to read on: a second `sendTrailers` throws out of nghttp2, which nothing catches, and a write after the end
 * resets the stream. From here on it has no say.
 */
function endWithTrailers(stream: ServerHttp2Stream, trailers: Record<string, string>): void {
  const { sendTrailers } = stream;
  let sent = false;
  stream.sendTrailers = () => {
    if (sent) return;
    sent = true;
    sendTrailers.call(stream, trailers);
  };
  stream.once("wantTrailers", () => stream.sendTrailers(trailers));
  stream.end();
  stream.write = () => false;
}

/** PROTOCOL-HTTP2.md, Percent-Encoded: all but printable ASCII without `%`. */
function percentEncode(message: string): string {
  return message.replaceAll(/[^\x20-\x24\x26-\x7e]+/gu, (text) =>
    [...Buffer.from(text)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
      .join(""),
  );
}
