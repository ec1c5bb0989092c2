import type { Bulkhead } from "./bulkhead-settings.ts";

/** A call that waits for its turn. */
export interface Waiting {
  /** Its turn: it runs from now on, until {@link Compartment.leave}. */
  admit(): void;
}

/** The calls of one key: those that run, and those that wait, in their order. */
export class Compartment {
  readonly #settings: () => Bulkhead | undefined;
  readonly #waiting = new Set<Waiting>();
  #running = 0;
  #isAdmitting = false;

  /** `settings` are live; undefined for no bound. */
  constructor(settings: () => Bulkhead | undefined) {
    this.#settings = settings;
  }

  get running(): number {
    return this.#running;
  }

  get pending(): number {
    return this.#waiting.size;
  }

  get isIdle(): boolean {
    return this.#running === 0 && this.#waiting.size === 0;
  }

  /** Whether a call may run at once; then it does. None overtakes those that wait. */
  enter(): boolean {
    if (!this.#hasRoom || this.#waiting.size > 0) return false;
    this.#running += 1;
    return true;
  }

  /** A call waits until it is admitted, or gives up. */
  wait(call: Waiting): void {
    this.#waiting.add(call);
  }

  /** A call that waited does so no more. */
  giveUp(call: Waiting): void {
    this.#waiting.delete(call);
  }

  /** A call that ran has ended. */
  leave(): void {
    this.#running -= 1;
    this.admitWaiting();
  }

  /** Gives those their turn who now have room. */
  admitWaiting(): void {
    // A call may end while it is admitted: without this each would stand on the stack of the one before.
    if (this.#isAdmitting) return;
    this.#isAdmitting = true;
    try {
      for (const call of this.#waiting) {
        if (!this.#hasRoom) break;
        this.#waiting.delete(call);
        this.#running += 1;
        call.admit();
      }
    } finally {
      this.#isAdmitting = false;
    }
  }

  get #hasRoom(): boolean {
    return this.#running < (this.#settings()?.maxConcurrent ?? Number.POSITIVE_INFINITY);
  }
}
