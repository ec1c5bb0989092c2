/** Lets something happen in bursts up to `burst`, and `perSecond` times in the long run. */
export class TokenBucket {
  private readonly burst: number;
  private readonly perSecond: number;
  private tokens: number;
  private filledAt = 0;

  constructor(burst: number, perSecond: number) {
    this.burst = burst;
    this.perSecond = perSecond;
    this.tokens = burst;
  }

  /** Takes one; false where there is none. */
  take(): boolean {
    if (this.tokens < 1) this.fill();
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  /** Milliseconds until there is one again. */
  get waitMs(): number {
    return Math.max(0, Math.ceil(((1 - this.tokens) * 1000) / this.perSecond));
  }

  /** Gives some back, up to the burst. */
  give(count: number): void {
    this.tokens = Math.min(this.burst, this.tokens + count);
  }

  private fill(): void {
    const now = performance.now();
    if (this.filledAt > 0) this.give(((now - this.filledAt) / 1000) * this.perSecond);
    this.filledAt = now;
  }
}
