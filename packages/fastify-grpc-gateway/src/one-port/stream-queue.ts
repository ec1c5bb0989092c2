import type { ServerHttp2Stream } from "node:http2";

// One read of a socket may bring hundreds of requests, and one turn of the event loop some thirty reads.
const streamsPerTurn = 32;

interface Waiting {
  readonly stream: ServerHttp2Stream;
  readonly begin: () => void;
}

/**
 * Takes up the requests of one HTTP/2 connection a few in each turn of the event loop, in their order: whatever a client sends at
 * once, others are answered in between, and one that is reset while it waits costs nothing.
 */
export class StreamQueue {
  private waiting: Waiting[] = [];
  private begun = 0;

  /** Begins the work for a stream, now or in a later turn. */
  add(stream: ServerHttp2Stream, begin: () => void): void {
    if (this.begun < streamsPerTurn && this.waiting.length === 0) {
      this.begun += 1;
      // Only now: an immediate for each turn would cost as much as a tenth of a call.
      if (this.begun === streamsPerTurn) setImmediate(this.nextTurn);
      begin();
    } else {
      this.waiting.push({ stream, begin });
    }
  }

  private readonly nextTurn = (): void => {
    this.begun = 0;
    const { waiting } = this;
    let next = 0;
    for (; next < waiting.length && this.begun < streamsPerTurn; next++) {
      const { stream, begin } = waiting[next] as Waiting;
      if (stream.destroyed || stream.closed) continue;
      this.begun += 1;
      begin();
    }
    if (next > 0) this.waiting = waiting.slice(next);
    if (this.begun === streamsPerTurn) setImmediate(this.nextTurn);
  };
}
