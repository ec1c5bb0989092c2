import type { FastifyReply, FastifyRequest } from "fastify";
import {
  type CallHandle,
  Code,
  type Deadline,
  type Failure,
  type HttpBinding,
  type MetadataEntries,
  type MethodTranscoder,
  type Status,
  type StreamEncoder,
  type Transport,
} from "grpc-transcoding";
import type { MountedRoute } from "../mount/route-selection.ts";
import type { LogsRequest } from "./request-logging.ts";

/** A binding in the route table, with everything compiled that its requests need. */
export interface RpcRoute extends MountedRoute {
  readonly binding: HttpBinding;
  readonly transcoder: MethodTranscoder;
  /** Whether a body of another content type than JSON is refused (415). */
  readonly jsonBody: boolean;
}

/** What all calls of one gateway have in common. Fixed at registration; a reload keeps it. */
export interface CallRuntime {
  readonly transport: Transport;
  /** The request's headers as call metadata. Throws a StatusError for a malformed `-bin` header. */
  requestMetadata(request: FastifyRequest): MetadataEntries;
  /** Sets the response headers that the call's metadata allows. */
  setResponseHeaders(reply: FastifyReply, metadata: MetadataEntries): void;
  /**
   * Answers a unary call's trailing metadata where the preset has it: among the returned metadata, which
   * becomes headers, or as trailers of the HTTP response.
   */
  answerTrailers(
    request: FastifyRequest,
    reply: FastifyReply,
    headers: MetadataEntries,
    trailers: MetadataEntries,
  ): MetadataEntries;
  /** Throws a StatusError for a malformed `grpc-timeout`. */
  deadline(request: FastifyRequest, streaming: boolean): Deadline;
  /** The encoder that the request's Accept chooses. Throws a StatusError (406) when none fits. */
  streamEncoder(request: FastifyRequest): StreamEncoder;
  /** The failure body of a stream that has begun. */
  streamError(failure: Failure, request: FastifyRequest): string;
  /** Whether the call of this request writes its log line. */
  readonly logsRequest: LogsRequest;
}

/** What a call ends with whose client has gone. */
export const clientClosed: Status = {
  code: Code.CANCELLED,
  message: "the HTTP client closed the connection",
  details: [],
};

/**
 * Ends the call when the client goes away before its answer is complete. The close after a complete
 * answer finds the call ended; no flag of Node's tells the two apart over HTTP/2.
 */
export function cancelOnDisconnect(reply: FastifyReply, handle: CallHandle): void {
  reply.raw.once("close", () => handle.cancel(clientClosed));
}
