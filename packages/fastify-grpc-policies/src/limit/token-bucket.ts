/** How much a bucket holds, and how fast it fills. */
export interface BucketRule {
  /** Tokens of a full bucket: the largest burst. */
  readonly capacity: number;
  /** Tokens that come back each second; 0 for a quota that is never renewed. */
  readonly refillPerSecond: number;
}

/** A bucket at a point in time. */
export interface TokenBucket {
  tokens: number;
  /** Milliseconds of the clock that its owner reads. */
  at: number;
}

/** Brings a bucket to `now`. A clock that went back gives nothing, and the bucket fills from then on. */
export function refill(
  bucket: TokenBucket,
  { capacity, refillPerSecond }: BucketRule,
  now: number,
): void {
  const elapsed = Math.max(0, now - bucket.at);
  bucket.tokens = Math.min(capacity, bucket.tokens + (elapsed * refillPerSecond) / 1000);
  bucket.at = now;
}

/** Milliseconds until `tokens` have become `cost`; 0 where they are, `Infinity` where they never will be. */
export function waitMs(
  tokens: number,
  cost: number,
  { capacity, refillPerSecond }: BucketRule,
): number {
  if (tokens >= cost) return 0;
  if (refillPerSecond === 0 || cost > capacity) return Number.POSITIVE_INFINITY;
  return ((cost - tokens) * 1000) / refillPerSecond;
}
