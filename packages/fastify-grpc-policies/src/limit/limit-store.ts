import type { BucketRule } from "./token-bucket.ts";

/** What a call asks of one bucket. */
export interface BucketDemand extends BucketRule {
  /** The name of the limit: buckets of one limit are counted and kept together. */
  readonly limit: string;
  /** Whose bucket of that limit; `""` for those who have no key. At most 128 characters. */
  readonly key: string;
  /** Tokens. */
  readonly cost: number;
}

/** A bucket after a demand. */
export interface BucketState {
  /** Tokens left. */
  readonly remaining: number;
  /** Milliseconds until the demand could be met; 0 where it could be now, `Infinity` for never. */
  readonly waitMs: number;
}

/** What came of the demands of one call. */
export interface TakeResult {
  /** Whether all of them were met: then each bucket has lost its cost, otherwise none has. */
  readonly taken: boolean;
  /** One for each demand, in their order. */
  readonly buckets: readonly BucketState[];
}

/** Where buckets are kept: in memory, in Redis. */
export interface LimitStore {
  /**
   * Takes from several buckets at once: all or nothing. No two demands mean one bucket. A store that cannot tell
   * throws or rejects; the limiter's `onStoreError` decides then.
   */
  take(demands: readonly BucketDemand[]): TakeResult | PromiseLike<TakeResult>;
}
