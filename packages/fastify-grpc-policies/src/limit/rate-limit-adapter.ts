import { type OnStoreError, uncheckedMessage } from "./limit-policy.ts";
import type { LimitOutcome, RateLimiter } from "./rate-limiter.ts";

/** What the adapter is told of a store that cannot tell. */
export interface AdapterOptions {
  readonly onStoreError: OnStoreError;
  readonly onError: (error: unknown) => void;
}

/** What a store of @fastify/rate-limit calls back with: it refuses where `current` is more than `max`. */
type Counted = (error: Error | null, result?: { current: number; ttl: number }) => void;

/** A store as @fastify/rate-limit calls it. */
export interface FastifyRateLimitCounter {
  incr(key: string, callback: Counted, timeWindow: number, max: number): void;
  child(routeOptions: object): FastifyRateLimitCounter;
}

/** A class for the option `store` of @fastify/rate-limit. */
export type FastifyRateLimitStore = new () => FastifyRateLimitCounter;

/**
 * A store for @fastify/rate-limit whose buckets are those of a limit here, so that hand-written routes and calls share
 * them. The key generator says whose: a tenant, an address. How much passes is the limit's affair, `timeWindow` counts
 * for nothing, and `max` should be the limit's capacity, since it is what the headers of @fastify/rate-limit say.
 */
export function rateLimitStore(
  limiter: RateLimiter,
  limit: string,
  { onStoreError, onError }: AdapterOptions,
): FastifyRateLimitStore {
  return class BucketStore implements FastifyRateLimitCounter {
    incr(key: string, callback: Counted, _timeWindow: number, max: number): void {
      const answer = (outcome: LimitOutcome): void => callback(null, counted(outcome, max));
      const undecided = (error: unknown): void => {
        onError(error);
        if (onStoreError === "allow") callback(null, unlimited);
        else callback(Object.assign(new Error(uncheckedMessage), { statusCode: 503 }));
      };
      let outcome: LimitOutcome | undefined | Promise<LimitOutcome>;
      try {
        outcome = limiter.takeFrom(limit, String(key));
      } catch (error) {
        undecided(error);
        return;
      }
      // An update has taken the limit away.
      if (outcome === undefined) callback(null, unlimited);
      else if (outcome instanceof Promise) outcome.then(answer, undecided);
      else answer(outcome);
    }

    child(): BucketStore {
      return this;
    }
  };
}

const unlimited = { current: 0, ttl: 0 };

/** A bucket as a counter: what is taken of it, and one more than the most where it refuses. */
function counted(
  { allowed, limits, retryAfterMs }: LimitOutcome,
  max: number,
): { current: number; ttl: number } {
  const [
    { capacity, refillPerSecond, remaining } = { capacity: 0, refillPerSecond: 0, remaining: 0 },
  ] = limits;
  if (!allowed) return { current: max + 1, ttl: Math.min(retryAfterMs, Number.MAX_SAFE_INTEGER) };
  const left = Math.min(max, Math.floor(remaining));
  const ttl = refillPerSecond > 0 ? ((capacity - remaining) * 1000) / refillPerSecond : 0;
  return { current: max - left, ttl };
}
