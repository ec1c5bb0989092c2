import type { Transport } from "grpc-transcoding";

// Also the time that requests have to start their calls which were matched before: their hooks, and their bodies.
const checkMs = 5_000;

/** Transports that get no new requests: each is closed when its last call has ended. */
export class RetiredTransports {
  readonly #timers = new Map<Transport, NodeJS.Timeout>();

  /** Calls that have not ended. */
  get liveCalls(): number {
    return [...this.#timers.keys()].reduce((sum, { liveCalls = 0 }) => sum + liveCalls, 0);
  }

  add(transport: Transport): void {
    const timer = setInterval(() => {
      if ((transport.liveCalls ?? 0) > 0) return;
      this.#forget(transport);
      void transport.close?.();
    }, checkMs);
    timer.unref();
    this.#timers.set(transport, timer);
  }

  /** Closes all of them, whether calls run or not. */
  async close(): Promise<void> {
    const transports = [...this.#timers.keys()];
    for (const transport of transports) this.#forget(transport);
    await Promise.all(transports.map((transport) => transport.close?.()));
  }

  #forget(transport: Transport): void {
    clearInterval(this.#timers.get(transport));
    this.#timers.delete(transport);
  }
}
