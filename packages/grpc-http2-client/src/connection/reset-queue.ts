import { TokenBucket } from "./token-bucket.ts";

interface Reset {
  readonly id: number;
  readonly errorCode: number;
}

/**
 * RST_STREAM within a rate that no peer takes for an attack: Node's servers end a connection at 1,000 resets in
 * a burst and 33 a second, Envoy at 500 premature ones, other peers have guards of their own against "rapid reset" (CVE-2023-44487).
 */
export class ResetQueue {
  private readonly budget = new TokenBucket(100, 30);
  private readonly write: (id: number, errorCode: number) => void;
  private waiting: Reset[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(write: (id: number, errorCode: number) => void) {
    this.write = write;
  }

  /** Streams that the peer still takes for open. */
  get size(): number {
    return this.waiting.length;
  }

  add(id: number, errorCode: number): void {
    if (this.waiting.length === 0 && this.budget.take()) this.write(id, errorCode);
    else {
      this.waiting.push({ id, errorCode });
      this.arm();
    }
  }

  /** The peer closed the stream by itself. */
  delete(id: number): void {
    if (this.waiting.length === 0) return;
    this.waiting = this.waiting.filter((reset) => reset.id !== id);
  }

  close(): void {
    clearTimeout(this.timer);
    this.waiting = [];
  }

  private arm(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      while (this.waiting.length > 0 && this.budget.take()) {
        const { id, errorCode } = this.waiting.shift() as Reset;
        this.write(id, errorCode);
      }
      if (this.waiting.length > 0) this.arm();
    }, this.budget.waitMs).unref();
  }
}
