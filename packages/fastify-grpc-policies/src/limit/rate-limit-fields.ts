import type { LimitOutcome, LimitState } from "./rate-limiter.ts";

// draft-ietf-httpapi-ratelimit-headers-11 (23 May 2026), in the structured fields of RFC 9651. A bucket's quota is its
// capacity, and its window the time in which an empty one fills.

/** The headers `ratelimit-policy` and `ratelimit` of a response. */
export function rateLimitFields({ limits }: LimitOutcome): Record<string, string> {
  return {
    "ratelimit-policy": limits.map(policyItem).join(", "),
    ratelimit: limits.map(limitItem).join(", "),
  };
}

function policyItem({ name, capacity, refillPerSecond }: LimitState): string {
  const window = refillPerSecond > 0 ? `;w=${Math.ceil(capacity / refillPerSecond)}` : "";
  return `"${name}";q=${capacity}${window}`;
}

/** `t` never names another time than Retry-After does; of a limit that lets calls pass it is when the bucket is full. */
function limitItem({ name, capacity, refillPerSecond, remaining, waitMs }: LimitState): string {
  const left = Math.max(0, Math.floor(remaining));
  const item = `"${name}";r=${waitMs > 0 ? 0 : left}`;
  if (refillPerSecond === 0 || waitMs === Number.POSITIVE_INFINITY) return item;
  const seconds = waitMs > 0 ? retryAfterSeconds(waitMs) : (capacity - remaining) / refillPerSecond;
  return `${item};t=${Math.ceil(seconds)}`;
}

/** Whole seconds, at least 1, that Retry-After has for a wait. */
export function retryAfterSeconds(waitMs: number): number {
  return Math.max(1, Math.ceil(waitMs / 1000));
}
