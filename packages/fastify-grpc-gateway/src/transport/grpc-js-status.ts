import { constants } from "node:http2";
import {
  type CallOrigin,
  Code,
  type Deadline,
  deadlineExceeded,
  type Status,
  toCode,
  transportStatus,
} from "grpc-transcoding";
import {
  codeOfAnswer,
  connectionLost,
  isGrpcContentType,
  malformedAnswer,
  notGrpc,
  requestTooLarge,
  responseTooLarge,
  upstreamCancelled,
  upstreamRefused,
  upstreamReset,
  upstreamUnreachable,
  withoutStatus,
} from "grpc-transcoding/internal";
import type { CallAttempt, GrpcCall } from "../grpc-js/client-call.ts";

type GrpcStatus = Parameters<Parameters<GrpcCall["start"]>[1]["onReceiveStatus"]>[0];

/** How a call ended whose status grpc-js made. */
export interface CallEnd {
  readonly status: Status;
  readonly origin: CallOrigin;
}

/** What came of a call before its status. */
export interface Answer {
  readonly attempt: CallAttempt | undefined;
  /** Response headers, and so no trailers-only answer. */
  readonly headers: boolean;
  /** `grpc-status` of the trailers after those headers. */
  readonly grpcStatus: string | undefined;
}

/** Whether the peer sent this status; grpc-js reports those that it makes itself alike. */
export function isFromPeer(status: GrpcStatus, { attempt, headers, grpcStatus }: Answer): boolean {
  if (headers && attempt?.http2Stream !== undefined) return Number(grpcStatus) === status.code;
  if (headers) return true;
  // A trailers-only answer is the metadata of its status; without a grpc-status, only its HTTP status counts.
  return (
    status.metadata.get("content-type").length > 0 &&
    !isOfHttpStatus(status, attempt?.httpStatusCode)
  );
}

/**
 * What a status that grpc-js made means, in words of ours: its own name addresses and system errors. Where no other
 * evidence is left, its texts tell; what a peer sends does not come here.
 */
export function endByGrpcJs(
  status: GrpcStatus,
  { attempt, headers }: Answer,
  deadline: Deadline,
): CallEnd {
  const { code, details, metadata } = status;
  const { httpStatusCode, finalStatus } = attempt ?? {};
  const rstCode = finalStatus?.rstCode;
  if (code === Code.DEADLINE_EXCEEDED) {
    // The call's own has not passed: a timeout of the service config was shorter.
    return byTransport(deadlineExceeded({ ...deadline, source: "gateway" }));
  }
  if (httpStatusCode !== undefined && isOfHttpStatus(status, httpStatusCode)) {
    const contentType = metadata.get("content-type")[0]?.toString();
    const isGrpc = headers || isGrpcContentType(contentType ?? "");
    return byUpstream(isGrpc ? withoutStatus(code) : notGrpc(httpStatusCode, contentType));
  }
  if (rstCode === constants.NGHTTP2_NO_ERROR) return byUpstream(withoutStatus(Code.INTERNAL));
  if (rstCode === constants.NGHTTP2_REFUSED_STREAM) return byTransport(upstreamRefused);
  if (code === Code.UNAVAILABLE) return byTransport(headers ? connectionLost : upstreamUnreachable);
  if (rstCode !== undefined) return endByReset(rstCode, deadline);
  if (code === Code.RESOURCE_EXHAUSTED) return exhausted(details);
  // After an answer has come, only bytes that are no frames or do not decompress are left.
  if (httpStatusCode !== undefined) return byUpstream(malformedAnswer);
  return byTransport(transportStatus(toCode(code), "the call could not be sent to the upstream"));
}

function endByReset(rstCode: number, deadline: Deadline): CallEnd {
  if (rstCode === constants.NGHTTP2_ENHANCE_YOUR_CALM) return byTransport(upstreamRefused);
  if (rstCode === constants.NGHTTP2_CANCEL) {
    // A server that watches the same deadline may be the first to end the call.
    if (deadline.at <= Date.now()) return byTransport(deadlineExceeded(deadline));
    return byUpstream(upstreamCancelled);
  }
  return byUpstream(upstreamReset(rstCode));
}

function exhausted(details: string): CallEnd {
  if (details.startsWith("Received message")) return byUpstream(responseTooLarge);
  const limit = /^Attempted to send message with a size larger than (\d+)$/.exec(details);
  if (limit !== null) return byTransport(requestTooLarge(Number(limit[1])));
  return byTransport(upstreamRefused);
}

function byUpstream(status: Status): CallEnd {
  return { status, origin: "upstream" };
}

function byTransport(status: Status): CallEnd {
  return { status, origin: "transport" };
}

/** Whether grpc-js made a status of an answer's HTTP status, because it has no `grpc-status`. */
function isOfHttpStatus({ code, details }: GrpcStatus, httpStatus = 200): boolean {
  return code === codeOfAnswer(httpStatus) && details === `Received HTTP status code ${httpStatus}`;
}
