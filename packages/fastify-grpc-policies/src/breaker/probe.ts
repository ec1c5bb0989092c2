import type { Outcome } from "./load-opossum.ts";

// A client may send its request as slowly as it likes: it must not keep the others from probing.
const maxAskingMs = 1000;

/** The one call that probes an upstream. What it says counts once, and not when it comes too late. */
export class Probe {
  readonly #probeMs: number;
  #end: ((outcome: Outcome) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `end` is told the outcome. */
  constructor(probeMs: number, end: (outcome: Outcome) => void) {
    this.#probeMs = probeMs;
    this.#end = end;
    this.#wait(Math.min(probeMs, maxAskingMs), "none");
  }

  /** The upstream has the whole request: from now on it has its time, and `ifSilent` is what silence says then. */
  asked(ifSilent: Outcome): void {
    if (this.#end !== undefined) this.#wait(this.#probeMs, ifSilent);
  }

  settle(outcome: Outcome): void {
    clearTimeout(this.#timer);
    const end = this.#end;
    this.#end = undefined;
    end?.(outcome);
  }

  #wait(ms: number, outcome: Outcome): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.settle(outcome), ms);
    this.#timer.unref();
  }
}
