import { Code, type Status, transportStatus } from "grpc-transcoding";

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
