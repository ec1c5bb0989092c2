import type { FastifyReply, FastifyRequest } from "fastify";
import {
  Code,
  type Deadline,
  type Failure,
  type HeaderRules,
  type MetadataEntries,
  type RequestMessageLimits,
  type StatusError,
  type StreamEncoder,
  streamEncoders,
} from "grpc-transcoding";
import {
  compileDeadline,
  compileRequestMetadata,
  compileResponseHeaders,
  gatewayError,
  joinVary,
  type MethodDeadline,
  replaceMetadata,
  selectStreamEncoder,
} from "grpc-transcoding/internal";
import type { RequestGuard } from "../guard/guard-request.ts";
import type { LogsRequest } from "../logging/request-logging.ts";
import type { RpcRoute } from "../mount/mounted-route.ts";
import type { ResolvedOptions } from "../options/resolved-options.ts";
import type { ResponseMask } from "../rest/response-masks.ts";
import { maxMetadataEntries } from "../transport/metadata-limit.ts";
import { answerHttpTrailers, answerTrailersAsHeaders } from "./answer-trailers.ts";
import { boundedFields } from "./bounded-fields.ts";
import { setLocation } from "./location.ts";
import { encodedFraming, rawFraming, type StreamFraming } from "./stream-framing.ts";
import { noStreamTrailers, type StreamTrailers, streamTrailers } from "./stream-trailers.ts";

/** What all calls of one gateway have in common. Fixed at registration; a reload keeps it. */
export interface CallRuntime extends StreamTrailers {
  /** The policies that each call passes before it reaches the transport. */
  readonly guard: RequestGuard;
  /**
   * The request's headers as call metadata, with the app's own. Throws a StatusError for a malformed `-bin`
   * header, and (431) for too many; a TypeError for an entry of the app that cannot be sent. `resumes`: the
   * `Last-Event-ID` belongs to it.
   */
  requestMetadata(request: FastifyRequest, resumes: boolean): MetadataEntries;
  /** Sets the response headers that the call's metadata allows. */
  setResponseHeaders(reply: FastifyReply, metadata: MetadataEntries): void;
  /** The same for a google.api.HttpBody, which may name its file by `content-disposition`. */
  setFileHeaders(reply: FastifyReply, metadata: MetadataEntries): void;
  /**
   * Answers trailing metadata where the preset has it: among the returned metadata, which becomes
   * headers, or as trailers of the HTTP response.
   */
  answerTrailers(
    request: FastifyRequest,
    reply: FastifyReply,
    headers: MetadataEntries,
    trailers: MetadataEntries,
  ): MetadataEntries;
  /** Throws a StatusError for a malformed `grpc-timeout`, or another header that tells a timeout. */
  deadline(request: FastifyRequest, method: MethodDeadline): Deadline;
  /** How a stream's messages are put into the body: as the request's Accept asks for. Throws a StatusError (406) when nothing fits. */
  framing(call: FramedCall): StreamFraming;
  /** How long a stream may have nothing to send until its heartbeat; 0 for none. */
  readonly heartbeatMs: number;
  /** How large the messages of a streamed request may be. */
  readonly messageLimits: RequestMessageLimits;
  /** What a failure does to a stream that has begun: it breaks off, or ends as one that is complete. */
  readonly streamEnd: "abort" | "end";
  /** The failure body of a stream that has begun. */
  streamError(failure: Failure, request: FastifyRequest): string;
  /** Whether the call of this request writes its log line. */
  readonly logsRequest: LogsRequest;
}

/** What of a call decides on how its stream is framed. */
interface FramedCall {
  readonly route: RpcRoute;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly mask: ResponseMask | undefined;
}

/** RESOURCE_EXHAUSTED, as gRPC's C core has it for metadata over its limit. */
function tooMuchMetadata(count: number): StatusError {
  return gatewayError(
    `${count} request headers would become metadata, more than the limit of ${maxMetadataEntries}`,
    { code: Code.RESOURCE_EXHAUSTED, http: { statusCode: 431 } },
  );
}

type ResponseHeadersOf = ReturnType<typeof compileResponseHeaders>;

function compileFileHeaders(rules: HeaderRules): ResponseHeadersOf {
  const allow = [...(rules.allow ?? []), "content-disposition"];
  return compileResponseHeaders("standard", { ...rules, allow });
}

function setHeaders(
  reply: FastifyReply,
  metadata: MetadataEntries,
  headersOf: ResponseHeadersOf,
): void {
  const headers = headersOf(metadata, 201);
  for (const [name, value] of boundedFields(Object.entries(headers), reply.log)) {
    if (name === "location") {
      setLocation(
        reply,
        String(value),
        (statusCode) => headersOf(metadata, statusCode).location !== undefined,
      );
    } else reply.header(name, value);
  }
}

/** Compiles what a gateway's calls have in common. */
export function createCallRuntime(
  options: ResolvedOptions,
  rest: Pick<CallRuntime, "guard" | "streamError" | "logsRequest"> & {
    readonly maxBodyBytes: number;
  },
): CallRuntime {
  const { headerPreset, headers, streamAccept, streamEnvelope, streaming, trailers } = options;
  const metadataOf = compileRequestMetadata(headerPreset, headers.request);
  const resumedMetadataOf = compileRequestMetadata(headerPreset, {
    ...headers.request,
    allow: [...(headers.request.allow ?? []), "last-event-id"],
  });
  const headersOf = compileResponseHeaders(headerPreset, headers.response);
  const fileHeadersOf =
    headerPreset === "standard" ? compileFileHeaders(headers.response) : headersOf;
  const deadlineOf = compileDeadline(options.deadline);
  const encoders = streamEncoders(streamEnvelope, streaming.formats);
  return {
    ...rest,
    requestMetadata(request: FastifyRequest, resumes: boolean) {
      const { rawHeaders, socket } = request.raw;
      const { headers } = request;
      const entriesOf = resumes ? resumedMetadataOf : metadataOf;
      const sent = entriesOf({ headers, rawHeaders, remoteAddress: socket.remoteAddress });
      const own = options.metadata?.(request);
      const entries = own === undefined ? sent : replaceMetadata(sent, own);
      if (entries.length > maxMetadataEntries) throw tooMuchMetadata(entries.length);
      return entries;
    },
    setResponseHeaders: (reply, metadata) => setHeaders(reply, metadata, headersOf),
    setFileHeaders: (reply, metadata) => setHeaders(reply, metadata, fileHeadersOf),
    answerTrailers: trailers === "http" ? answerHttpTrailers : answerTrailersAsHeaders,
    deadline: ({ headers }: FastifyRequest, method: MethodDeadline) => deadlineOf(headers, method),
    heartbeatMs: streaming.heartbeatMs,
    messageLimits: {
      maxBytes: rest.maxBodyBytes,
      chunkBytes: streaming.chunkBytes,
    },
    streamEnd: streaming.onError,
    ...(trailers === "http" ? noStreamTrailers : streamTrailers(headersOf)),
    framing({ route, request, reply, mask }: FramedCall) {
      const { transcoder, readEvent } = route;
      if (transcoder.rawResponse) return rawFraming(transcoder);
      const responses = mask?.encoder ?? transcoder;
      return encodedFraming(chooseEncoder(request, reply), responses, readEvent);
    },
  };
  function chooseEncoder(request: FastifyRequest, reply: FastifyReply): StreamEncoder {
    if (streamAccept === "ignore") return encoders[0] as StreamEncoder;
    if (encoders.length > 1) reply.header("vary", joinVary(reply.getHeader("vary"), "accept"));
    const encoder = selectStreamEncoder(encoders, request.headers.accept);
    if (encoder !== undefined) return encoder;
    const offered = encoders.map(({ contentType }) => contentType).join(", ");
    throw gatewayError(`the stream is offered as ${offered}`, {
      code: Code.INVALID_ARGUMENT,
      http: { statusCode: 406 },
    });
  }
}
