import {
  Code,
  type CodeName,
  type ErrorResponse,
  retryInfoDetail,
  type StatusError,
} from "grpc-transcoding";
import { gatewayDomain, gatewayError } from "grpc-transcoding/internal";

/** Why a request is not executed. `reason` is that of its google.rpc.ErrorInfo. */
export interface Refusal {
  readonly statusCode: number;
  readonly code: CodeName;
  readonly reason: string;
  readonly message: string;
  /** Seconds after which the same request may be sent again; undefined where that is of no use. */
  readonly retryAfterSeconds?: number;
}

export const keyRequired: Refusal = {
  statusCode: 400,
  code: "INVALID_ARGUMENT",
  reason: "IDEMPOTENCY_KEY_REQUIRED",
  message: "this method needs the header Idempotency-Key",
};

export const keyMalformed: Refusal = {
  statusCode: 400,
  code: "INVALID_ARGUMENT",
  reason: "IDEMPOTENCY_KEY_MALFORMED",
  message: "Idempotency-Key must be 1 to 255 visible ASCII characters, bare or within quotes",
};

export const inFlight: Refusal = {
  statusCode: 409,
  code: "ABORTED",
  reason: "IDEMPOTENCY_KEY_IN_FLIGHT",
  message: "a request with this Idempotency-Key is still running",
  retryAfterSeconds: 1,
};

export const outcomeUnknown: Refusal = {
  statusCode: 409,
  code: "FAILED_PRECONDITION",
  reason: "OUTCOME_UNKNOWN",
  message:
    "whether the request with this Idempotency-Key was executed is not known: look before you send it with another key",
};

export const replayUnavailable: Refusal = {
  statusCode: 409,
  code: "FAILED_PRECONDITION",
  reason: "REPLAY_UNAVAILABLE",
  message: "the request with this Idempotency-Key was executed, and its answer is not kept",
};

export const keyReused: Refusal = {
  statusCode: 422,
  code: "INVALID_ARGUMENT",
  reason: "IDEMPOTENCY_KEY_REUSED",
  message: "another request had this Idempotency-Key",
};

export const unchecked: Refusal = {
  statusCode: 503,
  code: "UNAVAILABLE",
  reason: "IDEMPOTENCY_UNCHECKED",
  message: "Idempotency-Key cannot be checked at the moment",
  retryAfterSeconds: 1,
};

function headersOf({ retryAfterSeconds }: Refusal): Record<string, string> {
  return retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
}

/** A refusal of a gateway's call. */
export function callRefusal(refusal: Refusal): StatusError {
  const { code, reason, message, statusCode, retryAfterSeconds } = refusal;
  return gatewayError(message, {
    code: Code[code],
    reason,
    details: retryAfterSeconds === undefined ? [] : [retryInfoDetail(retryAfterSeconds * 1000)],
    http: { statusCode, headers: headersOf(refusal) },
  });
}

/** A refusal of a hand-written route: Fastify, and whatever answers its errors, reads these members. */
export class RefusedRequest extends Error {
  override readonly name = "RefusedRequest";
  readonly statusCode: number;
  /** The reason. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.statusCode = refusal.statusCode;
    this.code = refusal.reason;
    this.headers = headersOf(refusal);
  }
}

/** A refusal as the document shows it. */
export function refusalResponse(refusal: Refusal): ErrorResponse {
  const { statusCode, code, message, reason } = refusal;
  const retry = refusal.retryAfterSeconds === undefined ? [] : ["google.rpc.RetryInfo"];
  return {
    statusCode,
    code,
    message,
    reason,
    domain: gatewayDomain,
    details: [],
    detailTypes: [...retry, "google.rpc.ErrorInfo"],
    headers: Object.keys(headersOf(refusal)),
  };
}
