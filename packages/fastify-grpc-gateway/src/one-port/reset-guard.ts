/** How many streams of one HTTP/2 connection may be reset before they got an answer. */
export interface ResetLimits {
  /**
   * How many streams may be reset prematurely within a second, beyond those that were served in it. A connection with
   * more is closed with ENHANCE_YOUR_CALM (rapid reset, CVE-2023-44487). Node 20 itself ends
   * a connection at 1,000 resets of any age, refilled by 33 a second.
   * @default 1000
   */
  readonly maxPrematureResets: number;
  /** Up to which age a stream without an answer is reset prematurely, in milliseconds. @default 1000 */
  readonly prematureResetMs: number;
}

/**
 * Tells rapid reset from cancels and deadlines, which reset streams as well: by what Envoy counts
 * (`overload.premature_reset_total_stream_count` and `premature_reset_min_stream_lifetime_seconds`), the streams
 * that were reset young and unanswered, against those that were served.
 */
export class ResetGuard {
  private readonly limits: ResetLimits;
  private premature = 0;
  private countedSince = 0;

  constructor(limits: ResetLimits) {
    this.limits = limits;
  }

  /** Counts a stream that was closed without a reset, or after its answer had begun. */
  countServed(): void {
    if (this.premature > 0) this.premature -= 1;
  }

  /** Counts a stream that was reset unanswered. Returns whether its connection has gone too far. */
  countReset(openedAt: number, now: number): boolean {
    if (now - openedAt >= this.limits.prematureResetMs) return false;
    if (now - this.countedSince > 1_000) {
      this.countedSince = now;
      this.premature = 0;
    }
    this.premature += 1;
    return this.premature >= this.limits.maxPrematureResets;
  }
}
