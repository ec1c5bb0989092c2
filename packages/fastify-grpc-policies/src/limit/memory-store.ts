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

/** The buckets of one limit. */
interface LimitBuckets {
  readonly byKey: Map<string, TokenBucket>;
  /** When all of them will be full again, so that nothing is lost with them. */
  fullAt: number;
}

const sweepMs = 60_000;

/** See {@link createMemoryStore}. */
export class MemoryStore implements LimitStore {
  readonly #maxKeys: number;
  readonly #now: () => number;
  /** Apart by limit, so that many keys of one (addresses) never push out those of another (tenants). */
  readonly #limits = new Map<string, LimitBuckets>();
  #sweepAt = 0;

  constructor(maxKeys: number, now: () => number) {
    this.#maxKeys = maxKeys;
    this.#now = now;
  }

  /** Buckets that are kept: a gauge. */
  get size(): number {
    let sum = 0;
    for (const { byKey } of this.#limits.values()) sum += byKey.size;
    return sum;
  }

  take(demands: readonly BucketDemand[]): TakeResult {
    const now = this.#now();
    if (now >= this.#sweepAt) this.#sweep(now);
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
    const { limit, key, capacity, refillPerSecond } = demand;
    let buckets = this.#limits.get(limit);
    if (buckets === undefined) {
      buckets = { byKey: new Map(), fullAt: 0 };
      this.#limits.set(limit, buckets);
    }
    buckets.fullAt = Math.max(buckets.fullAt, now + (capacity * 1000) / refillPerSecond);
    const { byKey } = buckets;
    const known = byKey.get(key);
    // A Map keeps the order of insertion: the first is the one that was idle longest.
    if (known !== undefined) byKey.delete(key);
    else if (byKey.size >= this.#maxKeys) byKey.delete(byKey.keys().next().value as string);
    const bucket = known ?? { tokens: capacity, at: now };
    byKey.set(key, bucket);
    refill(bucket, demand, now);
    return bucket;
  }

  /** Forgets limits that nobody has asked for: settings may come with new names again and again. */
  #sweep(now: number): void {
    this.#sweepAt = now + sweepMs;
    for (const [limit, { fullAt }] of this.#limits) if (fullAt <= now) this.#limits.delete(limit);
  }
}
