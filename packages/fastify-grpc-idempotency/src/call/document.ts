import type { DocumentedHeaders, ErrorResponse } from "grpc-transcoding";
import {
  inFlight,
  keyMalformed,
  keyRequired,
  keyReused,
  outcomeUnknown,
  refusalResponse,
  replayUnavailable,
  unchecked,
} from "../answer/refusals.ts";
import type { KeyRule } from "../rule/key-rule.ts";

/** What the document says of the answers that a rule brings about. */
export function documentedResponses(rule: KeyRule | false): readonly ErrorResponse[] {
  if (rule === false) return [];
  const refusals = [
    keyMalformed,
    inFlight,
    outcomeUnknown,
    replayUnavailable,
    keyReused,
    unchecked,
  ];
  return (rule === "required" ? [keyRequired, ...refusals] : refusals).map(refusalResponse);
}

/** The headers of a method's requests and answers. */
export function documentedHeaders(rule: KeyRule | false): DocumentedHeaders {
  if (rule === false) return { request: [], response: [] };
  return {
    request: [
      {
        name: "Idempotency-Key",
        description:
          "Names this request, so that it runs once however often it is sent: a new one, such as a UUID, for each request that is not a repetition.",
        required: rule === "required",
        schema: { type: "string", minLength: 1, maxLength: 255 },
      },
    ],
    response: [
      {
        name: "Idempotency-Replayed",
        description: "That this is the answer to an earlier request with the same key.",
        schema: { type: "string", enum: ["true"] },
      },
    ],
  };
}
