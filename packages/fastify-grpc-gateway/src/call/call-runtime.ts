import type { FastifyReply, FastifyRequest } from "fastify";
import {
  Code,
  compileDeadline,
  compileRequestMetadata,
  compileResponseHeaders,
  gatewayError,
  type MetadataEntries,
  selectStreamEncoder,
  streamEncoders,
  type Transport,
} from "grpc-transcoding";
import { FST_GRPC_OPTION } from "../errors.ts";
import type { FastifyGrpcGatewayOptions, ResolvedOptions } from "../options.ts";
import { answerHttpTrailers, answerTrailersAsHeaders } from "./answer-trailers.ts";
import type { CallRuntime } from "./rpc-route.ts";

/** Compiles what a gateway's calls have in common. Throws FST_GRPC_OPTION for a malformed rule. */
export function createCallRuntime(
  transport: Transport,
  options: FastifyGrpcGatewayOptions,
  { preset, streamEnvelope, streamFormats, trailers }: ResolvedOptions,
  rest: Pick<CallRuntime, "streamError" | "logsRequest">,
): CallRuntime {
  const metadataOf = compiled("headers.request", () =>
    compileRequestMetadata(preset, options.headers?.request),
  );
  const headersOf = compiled("headers.response", () =>
    compileResponseHeaders(preset, options.headers?.response),
  );
  const deadlineOf = compiled("deadline", () => compileDeadline(options.deadline));
  const encoders = streamEncoders(streamEnvelope, streamFormats);
  return {
    ...rest,
    transport,
    requestMetadata: ({ raw }: FastifyRequest) =>
      metadataOf({ rawHeaders: raw.rawHeaders, remoteAddress: raw.socket.remoteAddress }),
    setResponseHeaders(reply: FastifyReply, metadata: MetadataEntries) {
      const headers = headersOf(metadata, reply.statusCode);
      for (const name in headers) reply.header(name, headers[name]);
    },
    answerTrailers: trailers === "http" ? answerHttpTrailers : answerTrailersAsHeaders,
    deadline(request: FastifyRequest, streaming: boolean) {
      const timeout = request.headers["grpc-timeout"];
      return deadlineOf(typeof timeout === "string" ? timeout : undefined, streaming);
    },
    streamEncoder(request: FastifyRequest) {
      const encoder = selectStreamEncoder(encoders, request.headers.accept);
      if (encoder !== undefined) return encoder;
      const offered = encoders.map(({ contentType }) => contentType).join(", ");
      throw gatewayError(`the stream is offered as ${offered}`, {
        code: Code.INVALID_ARGUMENT,
        http: { statusCode: 406 },
      });
    },
  };
}

function compiled<T>(option: string, compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new FST_GRPC_OPTION(`option "${option}": ${error.message}`);
  }
}
