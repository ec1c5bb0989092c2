import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { Code } from "grpc-transcoding";
import type { GrpcSinks } from "./grpc-sinks.ts";
import { type Http2Sessions, shuttingDown } from "./http2-sessions.ts";
import { answerStatus } from "./trailers-only.ts";

/** Takes one native gRPC stream off the port. */
export type AcceptGrpcStream = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
  rawHeaders: readonly string[],
) => void;

/** Compiles the way of a native call: closing, sink, guard, server. */
export function acceptGrpcStreams(sinks: GrpcSinks, sessions: Http2Sessions): AcceptGrpcStream {
  return (stream, headers, flags, rawHeaders) => {
    // A field without a name is nobody's metadata, and grpc-js writes an error to the log for each.
    if (headers[""] !== undefined) delete headers[""];
    if (sessions.closing) {
      answerStatus(stream, shuttingDown);
      return;
    }
    const path = headers[":path"] ?? "";
    const found = sinks.find(headers, stream);
    if (found === undefined) {
      answerStatus(stream, {
        code: Code.UNIMPLEMENTED,
        message: `The server does not implement the method ${path}`,
      });
      return;
    }
    const { sink } = found;
    // What comes after knows calls by their method, not by whose prefix stood before it.
    if (found.path !== path) headers[":path"] = found.path;
    const { admit } = sink;
    if (admit === undefined) sinks.deliver(sink, stream, headers, flags);
    else {
      admit({ stream, headers, flags, rawHeaders }, (passed) =>
        sinks.deliver(sink, stream, passed, flags),
      );
    }
  };
}
