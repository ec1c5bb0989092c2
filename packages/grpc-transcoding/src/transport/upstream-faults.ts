import { Code } from "../model/code.ts";
import type { Status } from "../model/status.ts";
import { transportStatus } from "./transport-status.ts";

// What becomes of calls that their upstream, or the way there, ends wrongly: texts that name no address.

/** OK of a method with one response, without it. Of origin `"upstream"`. */
export const missingResponse: Status = transportStatus(
  Code.INTERNAL,
  "the upstream ended the call without a response",
);

/** A second message of a method with one response. Of origin `"upstream"`. */
export const secondResponse: Status = transportStatus(
  Code.INTERNAL,
  "the upstream sent a second response to a call that has one",
);

/** Frames that are none, or an answer that breaks HTTP/2 or gRPC. Of origin `"upstream"`. */
export const malformedAnswer: Status = transportStatus(
  Code.INTERNAL,
  "the upstream's answer is malformed",
);

/** A reset with CANCEL that the caller did not ask for. Of origin `"upstream"`. */
export const upstreamCancelled: Status = transportStatus(
  Code.CANCELLED,
  "the upstream cancelled the call",
);

/** No connection. Of origin `"transport"`. */
export const upstreamUnreachable: Status = transportStatus(
  Code.UNAVAILABLE,
  "the upstream cannot be reached",
);

/** A connection that ended under the call. Of origin `"transport"`. */
export const connectionLost: Status = transportStatus(
  Code.UNAVAILABLE,
  "the connection to the upstream was lost",
);

/** REFUSED_STREAM, ENHANCE_YOUR_CALM. Of origin `"transport"`. */
export const upstreamRefused: Status = transportStatus(
  Code.UNAVAILABLE,
  "the upstream takes no more calls at present",
);

/** An answer that has its end but no `grpc-status`. Of origin `"upstream"`. */
export function withoutStatus(code: Code): Status {
  return transportStatus(code, "the upstream ended the call without a status");
}

/** A reset with another error than those above. Of origin `"upstream"`. */
export function upstreamReset(errorCode: number): Status {
  return transportStatus(
    Code.INTERNAL,
    `the upstream reset the call with HTTP/2 error ${errorCode}`,
  );
}
