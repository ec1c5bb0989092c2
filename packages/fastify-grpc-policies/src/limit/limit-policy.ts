import {
  Code,
  type ErrorResponse,
  type MethodSchema,
  type Policy,
  type PolicyCall,
  retryInfoDetail,
  type StatusError,
  type Verdict,
} from "grpc-transcoding";
import { gatewayDomain, gatewayError } from "grpc-transcoding/internal";
import { retryPushback } from "../refusal/retry-pushback.ts";
import { rateLimitFields, retryAfterSeconds } from "./rate-limit-fields.ts";
import { concerns, type LimitOutcome, type RateLimiter } from "./rate-limiter.ts";

/** What a limiter does when its store cannot tell. */
export type OnStoreError = "allow" | "refuse";

/** What the policy is told beside its limiter. */
export interface LimitPolicyOptions {
  readonly onStoreError: OnStoreError;
  /** Whether responses carry the RateLimit headers. */
  readonly headers: boolean;
  /** Told of every error of the store. */
  readonly onError: (error: unknown) => void;
  /** Told what the limits said of a call that passes. */
  readonly onOutcome: (call: PolicyCall, outcome: LimitOutcome) => void;
}

/** The policy of a limiter: refuses by RESOURCE_EXHAUSTED, 429, with the time after which the call would pass. */
export function limitPolicy(limiter: RateLimiter, options: LimitPolicyOptions): Policy {
  const { onStoreError, headers, onError, onOutcome } = options;
  const judge = (call: PolicyCall, outcome: LimitOutcome | undefined): Verdict | undefined => {
    if (outcome === undefined) return undefined;
    if (!outcome.allowed) return { refuse: exceeded(outcome, headers) };
    onOutcome(call, outcome);
    return undefined;
  };
  const undecided = (error: unknown): Verdict | undefined => {
    onError(error);
    return onStoreError === "refuse" ? { refuse: unchecked() } : undefined;
  };
  const policy: Policy = (call) => {
    try {
      const outcome = limiter.take(call);
      if (!(outcome instanceof Promise)) return judge(call, outcome);
      return outcome.then((one) => judge(call, one), undecided);
    } catch (error) {
      return undecided(error);
    }
  };
  return policy;
}

function exceeded(outcome: LimitOutcome, headers: boolean): StatusError {
  const { retryAfterMs, limits } = outcome;
  const names = limits.filter(({ waitMs }) => waitMs > 0).map(({ name }) => name);
  const isFinal = retryAfterMs === Number.POSITIVE_INFINITY;
  return gatewayError(`${messagePrefix} (${names.join(", ")})`, {
    code: Code.RESOURCE_EXHAUSTED,
    reason: "RATE_LIMIT_EXCEEDED",
    details: isFinal ? [] : [retryInfoDetail(retryAfterMs)],
    trailers: [retryPushback(retryAfterMs)],
    http: {
      statusCode: 429,
      headers: {
        ...(headers && rateLimitFields(outcome)),
        ...(!isFinal && { "retry-after": String(retryAfterSeconds(retryAfterMs)) }),
      },
    },
  });
}

// A store that has failed is asked again by the next call.
const recheckMs = 1000;

function unchecked(): StatusError {
  return gatewayError(uncheckedMessage, {
    code: Code.UNAVAILABLE,
    reason: "RATE_LIMIT_UNCHECKED",
    details: [retryInfoDetail(recheckMs)],
    trailers: [retryPushback(recheckMs)],
  });
}

const messagePrefix = "too many calls: a rate limit is exceeded";
/** What clients are told where a store cannot tell. */
export const uncheckedMessage: string = "the rate limits cannot be checked at the moment";

/** What the policy of a limiter answers for a method. */
export function limitResponses(
  limiter: RateLimiter,
  { onStoreError, headers }: Pick<LimitPolicyOptions, "onStoreError" | "headers">,
  method: MethodSchema,
): readonly ErrorResponse[] {
  const { path, name, service } = method;
  const called = { path, name, service: service.name };
  if (!limiter.limits.some((limit) => concerns(limit, called))) return [];
  const responses: ErrorResponse[] = [
    {
      statusCode: 429,
      code: "RESOURCE_EXHAUSTED",
      message: messagePrefix,
      reason: "RATE_LIMIT_EXCEEDED",
      domain: gatewayDomain,
      details: [],
      detailTypes: ["google.rpc.RetryInfo", "google.rpc.ErrorInfo"],
      headers: ["retry-after", ...(headers ? ["ratelimit", "ratelimit-policy"] : [])],
    },
  ];
  if (onStoreError === "refuse") {
    responses.push({
      statusCode: 503,
      code: "UNAVAILABLE",
      message: uncheckedMessage,
      reason: "RATE_LIMIT_UNCHECKED",
      domain: gatewayDomain,
      details: [],
      detailTypes: ["google.rpc.RetryInfo", "google.rpc.ErrorInfo"],
      headers: ["retry-after"],
    });
  }
  return responses;
}
