import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { Code } from "grpc-transcoding";
import type { GrpcSink, GrpcSinks } from "./grpc-sinks.ts";
import { type Http2Sessions, shuttingDown } from "./http2-sessions.ts";
import type { NativeVerdict } from "./native-policy.ts";
import { answerStatus } from "./trailers-only.ts";

/** Takes one native gRPC stream off the port. */
export type AcceptGrpcStream = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
) => void;

/** Compiles the way of a native call: closing, sink, policy, server. */
export function acceptGrpcStreams(sinks: GrpcSinks, sessions: Http2Sessions): AcceptGrpcStream {
  return (stream, headers, flags) => {
    // A reset stream emits an error, which would end the process where nobody listens.
    stream.on("error", ignore);
    if (sessions.closing) {
      answerStatus(stream, shuttingDown);
      return;
    }
    const path = headers[":path"] ?? "";
    const sink = sinks.find(path, headers);
    if (sink === undefined) {
      answerStatus(stream, {
        code: Code.UNIMPLEMENTED,
        message: `The server does not implement the method ${path}`,
      });
      return;
    }
    if (sink.policy === undefined) sinks.deliver(sink, stream, headers, flags);
    else judge(sinks, sink, stream, headers, flags);
  };
}

function judge(
  sinks: GrpcSinks,
  sink: GrpcSink,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
): void {
  const obey = (verdict: NativeVerdict): void => {
    if (verdict !== undefined && "refuse" in verdict) answerStatus(stream, verdict.refuse);
    else sinks.deliver(sink, stream, verdict?.headers ?? headers, flags);
  };
  const fail = (): void => answerStatus(stream, policyFailed);
  try {
    const verdict = sink.policy?.({
      path: headers[":path"] ?? "",
      name: sink.name,
      headers,
      remoteAddress: stream.session?.socket?.remoteAddress ?? "unknown",
    });
    if (verdict instanceof Promise) verdict.then(obey).catch(fail);
    else obey(verdict);
  } catch {
    fail();
  }
}

const policyFailed = {
  code: Code.INTERNAL,
  message: "the policy of this call could not be decided",
} as const;

function ignore(): void {}
