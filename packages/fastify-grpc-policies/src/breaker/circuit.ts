import type { EventEmitter } from "node:events";
import type { Breaker } from "./breaker-settings.ts";
import type { Opossum, Outcome } from "./load-opossum.ts";
import { Probe } from "./probe.ts";

/** What calls are let through: all, none, one that probes. */
export type CircuitState = "closed" | "open" | "half-open";

/** How a call comes through a circuit: as one of many, as the one that probes, or not at all. */
export type Admission = "pass" | Probe | "refused";

/** What circuits have in common. */
export interface CircuitParts {
  readonly opossum: Opossum;
  readonly settings: Breaker;
  /** Tells the windows of all circuits when a tenth of them is over. */
  readonly rotation: EventEmitter;
  onChange(state: CircuitState): void;
  /** Milliseconds that never go back: the wall clock may be set while a circuit is open. */
  now(): number;
}

/** In how many parts the window moves on. */
export const windowBuckets = 10;

// While a probe runs, somebody else will know soon.
const whileProbingMs = 1000;

// What opossum takes for a promise: it is told at once, and costs less than one.
const told = { catch() {} };
const succeeded = {
  // biome-ignore lint/suspicious/noThenProperty: so that opossum takes it for a promise.
  then(tell: () => void) {
    tell();
    return told;
  },
};

/** The action of a breaker. A failure is thrown, so that opossum counts it at once as well. */
function report(outcome: Outcome): typeof succeeded {
  if (outcome === "failure") throw outcome;
  return succeeded;
}

/**
 * One circuit. Opossum counts and decides when it opens, half opens and closes. It is told of calls when they end,
 * since it would count those in flight, and those that say nothing of the upstream as successes.
 */
export class Circuit {
  readonly #parts: CircuitParts;
  readonly #breaker: InstanceType<Opossum>;
  #inARow = 0;
  #liveCalls = 0;
  #probe: Probe | undefined;
  #openedAt = 0;
  #lastOutcomeAt = 0;

  constructor(parts: CircuitParts) {
    const { opossum, settings, rotation, onChange, now } = parts;
    this.#parts = parts;
    this.#breaker = new opossum(report, {
      timeout: false,
      // Opossum opens above the threshold, so never above 100.
      errorThresholdPercentage: settings.consecutiveFailures ? 100 : settings.failureRate,
      volumeThreshold: settings.minimumCalls,
      resetTimeout: settings.resetMs,
      rollingCountTimeout: settings.windowMs,
      rollingCountBuckets: windowBuckets,
      enableSnapshots: false,
      rollingPercentilesEnabled: false,
      rotateBucketController: rotation,
    });
    this.#breaker.on("open", () => {
      this.#openedAt = now();
      onChange("open");
    });
    this.#breaker.on("halfOpen", () => onChange("half-open"));
    this.#breaker.on("close", () => {
      this.#inARow = 0;
      onChange("closed");
    });
  }

  get state(): CircuitState {
    if (this.#breaker.closed) return "closed";
    return this.#breaker.halfOpen ? "half-open" : "open";
  }

  /** Whether nobody uses it, and what it knows is too old to matter. */
  get isIdle(): boolean {
    if (this.#liveCalls > 0 || this.#breaker.opened) return false;
    const { windowMs, resetMs } = this.#parts.settings;
    const sinceOutcome = this.#parts.now() - this.#lastOutcomeAt;
    if (this.#breaker.halfOpen) return sinceOutcome > resetMs + windowMs;
    // A row of failures has no window.
    return sinceOutcome > (this.#inARow > 0 ? Math.max(windowMs, resetMs) : windowMs);
  }

  /** Milliseconds after which a call that is refused now may come through. */
  get retryAfterMs(): number {
    if (this.#breaker.halfOpen) return whileProbingMs;
    const { settings, now } = this.#parts;
    return Math.max(1, this.#openedAt + settings.resetMs - now());
  }

  /** A call that passes is settled by {@link settle}, a probe by itself; both {@link leave}. */
  admit(): Admission {
    if (this.#breaker.closed) {
      this.#liveCalls += 1;
      return "pass";
    }
    if (!this.#breaker.halfOpen || this.#probe !== undefined) return "refused";
    this.#liveCalls += 1;
    this.#probe = new Probe(this.#parts.settings.probeMs, (outcome) => {
      // One that says nothing makes room for another.
      this.#probe = undefined;
      if (outcome !== "none" && this.#breaker.halfOpen) this.#count(outcome);
    });
    return this.#probe;
  }

  /** What a call said that was let pass; it counts where the circuit is still closed. */
  settle(outcome: Outcome): void {
    if (outcome === "none" || !this.#breaker.closed) return;
    this.#count(outcome);
    const { consecutiveFailures } = this.#parts.settings;
    if (consecutiveFailures === undefined) return;
    this.#inARow = outcome === "failure" ? this.#inARow + 1 : 0;
    if (this.#inARow >= consecutiveFailures) this.#breaker.open();
  }

  /** Milliseconds by the circuit's clock. */
  now(): number {
    return this.#parts.now();
  }

  /** A call that was admitted has ended. */
  leave(): void {
    this.#liveCalls -= 1;
  }

  /** Ends its timers; it counts no more. */
  dispose(): void {
    this.#probe?.settle("none");
    this.#breaker.shutdown();
  }

  #count(outcome: Outcome): void {
    this.#lastOutcomeAt = this.#parts.now();
    const fired = this.#breaker.fire(outcome);
    if (outcome === "failure") fired.catch(() => {});
  }
}
