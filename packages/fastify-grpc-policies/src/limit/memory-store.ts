import { read } from "../option/read.ts";
import type { BucketDemand, BucketState, LimitStore, TakeResult } from "./limit-store.ts";
import { refill, type TokenBucket, waitMs } from "./token-bucket.ts";

/** Options of a store in memory. */
export interface MemoryStoreOptions {
  /** Buckets of each limit; beyond, the one that was idle longest is forgotten. @default 100000 */
  readonly maxKeys?: number;
  /** Milliseconds that never go back. @default performance.now */
  readonly now?: () => number;
}

/** A store in the memory of this process. Throws FST_GRPC_POLICIES_OPTION. */
export function createMemoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const given = read.object(options, "store", ["maxKeys", "now"]);
  const { maxKeys = 100_000, now = () => performance.now() } = given;
  return new MemoryStore(
    read.integer(maxKeys, "store.maxKeys", { from: 1 }),
    read.function<() => number>(now, "store.now"),
  );
}

/** See {@link createMemoryStore}. */
export class MemoryStore implements LimitStore {
  readonly #maxKeys: number;
  readonly #now: () => number;
  /** Apart by limit, so that many keys of one (addresses) never push out those of another (tenants). */
  readonly #limits = new Map<string, Map<string, TokenBucket>>();

  constructor(maxKeys: number, now: () => number) {
    this.#maxKeys = maxKeys;
    this.#now = now;
  }

  /** Buckets that are kept: a gauge. */
  get size(): number {
    let sum = 0;
    for (const buckets of this.#limits.values()) sum += buckets.size;
    return sum;
  }

  take(demands: readonly BucketDemand[]): TakeResult {
    const now = this.#now();
    const buckets = demands.map((demand) => this.#bucketOf(demand, now));
    const taken = demands.every(({ cost }, at) => (buckets[at] as TokenBucket).tokens >= cost);
    return {
      taken,
      buckets: demands.map((demand, at): BucketState => {
        const bucket = buckets[at] as TokenBucket;
        if (taken) bucket.tokens -= demand.cost;
        return {
          remaining: bucket.tokens,
          waitMs: taken ? 0 : waitMs(bucket.tokens, demand.cost, demand),
        };
      }),
    };
  }

  #bucketOf(demand: BucketDemand, now: number): TokenBucket {
    const { limit, key } = demand;
    let buckets = this.#limits.get(limit);
    if (buckets === undefined) {
      buckets = new Map();
      this.#limits.set(limit, buckets);
    }
    const known = buckets.get(key);
    // A Map keeps the order of insertion: the first is the one that was idle longest.
    if (known !== undefined) buckets.delete(key);
    else if (buckets.size >= this.#maxKeys) buckets.delete(buckets.keys().next().value as string);
    const bucket = known ?? { tokens: demand.capacity, at: now };
    buckets.set(key, bucket);
    refill(bucket, demand, now);
    return bucket;
  }
}
