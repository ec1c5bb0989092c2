import {
  type CallOrigin,
  Code,
  type Deadline,
  deadlineExceeded,
  type Status,
} from "grpc-transcoding";
import {
  upstreamCancelled,
  upstreamRefused,
  upstreamReset,
  withoutStatus,
} from "grpc-transcoding/internal";
import { ErrorCode } from "../frame/protocol.ts";

/** How a call ended, and by whom. */
export interface CallEnd {
  readonly status: Status;
  readonly origin: CallOrigin;
}

/** What a RST_STREAM of the peer means (PROTOCOL-HTTP2.md, Errors). */
export function endByReset(errorCode: number, deadline: Deadline): CallEnd {
  switch (errorCode) {
    case ErrorCode.NO_ERROR:
      return { status: withoutStatus(Code.INTERNAL), origin: "upstream" };
    case ErrorCode.REFUSED_STREAM:
    case ErrorCode.ENHANCE_YOUR_CALM:
      return { status: upstreamRefused, origin: "transport" };
    case ErrorCode.CANCEL:
      // A server that watches the same deadline may be the first to end the call.
      return deadline.at <= Date.now()
        ? { status: deadlineExceeded(deadline), origin: "transport" }
        : { status: upstreamCancelled, origin: "upstream" };
    default:
      return { status: upstreamReset(errorCode), origin: "upstream" };
  }
}
