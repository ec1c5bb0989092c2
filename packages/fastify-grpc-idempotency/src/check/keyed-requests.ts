import { randomUUID } from "node:crypto";
import type { IdempotencyStore, KeyState, StoredAnswer } from "../store/idempotency-store.ts";
import { Turns } from "./turns.ts";

/** What a key's request may do. */
export type Claimed =
  /** It is executed; `owner` completes it. Undefined: the store cannot tell, and `onStoreError` lets it pass. */
  | { readonly state: "begun"; readonly owner: string | undefined }
  /** Its client has gone, or something else has answered it. */
  | { readonly state: "gone" }
  | { readonly state: "unchecked" }
  | Exclude<KeyState, { readonly state: "begun" }>;

/** A request with a key. */
export interface KeyedRequest {
  readonly id: string;
  readonly fingerprint: string;
  readonly leaseMs: number;
  /** Whether nobody waits for its answer any more. */
  isGone(): boolean;
}

export interface KeyedRequestsOptions {
  readonly store: IdempotencyStore;
  readonly ttlMs: number;
  readonly onInFlight: "wait" | "refuse";
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
  readonly onStoreError: "allow" | "refuse";
  /** Told of every error of the store. */
  readonly onError: (error: unknown) => void;
}

// How often a process looks whether another has an answer.
const lookMs = 50;
/** When an outcome is told to the store again that has failed; milliseconds. */
const retriesMs = [200, 1000];

// Names of attempts begin with it: no two processes have one.
const process = randomUUID();
let attempts = 0;

/** What requests with keys may do, and what has come of them. */
export class KeyedRequests {
  readonly #options: KeyedRequestsOptions;
  readonly #turns: Turns;
  /** What the store has yet to be told. */
  readonly #untold = new Set<Promise<void>>();
  #isClosing = false;

  constructor(options: KeyedRequestsOptions) {
    this.#options = options;
    this.#turns = new Turns(options.maxWaiting, lookMs);
  }

  /** Requests that wait for another with their key: a gauge. */
  get waiting(): number {
    return this.#turns.count;
  }

  /** Takes a key or tells its state, once the request that has it is over where `onInFlight` lets others wait. */
  claim(request: KeyedRequest): Claimed | Promise<Claimed> {
    const owner = `${process}-${++attempts}`;
    const first = this.#begin(request, owner);
    if (first instanceof Promise) return first.then((one) => this.#settled(request, owner, one));
    return this.#settled(request, owner, first);
  }

  /** Tells what has come of an attempt; `undefined` frees its key. */
  settle(id: string, owner: string, outcome: StoredAnswer | "unknown" | undefined): void {
    const { store } = this.#options;
    const tell = (): void | Promise<void> =>
      outcome === undefined ? store.release(id, owner) : store.complete(id, owner, outcome);
    try {
      const told = tell();
      if (!(told instanceof Promise)) {
        this.#turns.wake(id);
        return;
      }
      const untold = told
        .catch((error) => this.#tellAgain(tell, error))
        .finally(() => {
          this.#untold.delete(untold);
          this.#turns.wake(id);
        });
      this.#untold.add(untold);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  /** Lets nobody wait any longer: the app is closing. */
  stopWaiting(): void {
    this.#isClosing = true;
    this.#turns.close();
  }

  /** Waits until the store knows what has come of the attempts. */
  async close(): Promise<void> {
    this.stopWaiting();
    await Promise.all(this.#untold);
  }

  #begin({ id, fingerprint, leaseMs }: KeyedRequest, owner: string): Claimed | Promise<Claimed> {
    const { store, ttlMs } = this.#options;
    const granted = (said: KeyState): Claimed =>
      said.state === "begun" ? { ...said, owner } : said;
    const claim = { fingerprint, owner, leaseMs, ttlMs: Math.max(ttlMs, leaseMs) };
    try {
      const said = store.begin(id, claim);
      if (!(said instanceof Promise)) return granted(said);
      return said.then(granted).catch((error) => this.#undecided(error));
    } catch (error) {
      return this.#undecided(error);
    }
  }

  #undecided(error: unknown): Claimed {
    const { onError, onStoreError } = this.#options;
    onError(error);
    return onStoreError === "allow" ? { state: "begun", owner: undefined } : { state: "unchecked" };
  }

  #settled(request: KeyedRequest, owner: string, first: Claimed): Claimed | Promise<Claimed> {
    const { onInFlight } = this.#options;
    if (first.state !== "in-flight" || onInFlight === "refuse") return first;
    return this.#wait(request, owner, first);
  }

  async #wait(request: KeyedRequest, owner: string, first: Claimed): Promise<Claimed> {
    const until = performance.now() + Math.min(this.#options.maxWaitMs, request.leaseMs);
    let claimed = first;
    while (claimed.state === "in-flight" && performance.now() < until && !this.#isClosing) {
      const turn = this.#turns.join(request.id);
      if (turn === undefined) break;
      await turn;
      if (request.isGone()) return { state: "gone" };
      claimed = await this.#begin(request, owner);
      if (claimed.state !== "in-flight") this.#turns.wake(request.id);
    }
    return claimed;
  }

  async #tellAgain(tell: () => void | Promise<void>, first: unknown): Promise<void> {
    let error = first;
    for (const delayMs of retriesMs) {
      this.#options.onError(error);
      await new Promise<void>((resolve) => setTimeout(resolve, delayMs));
      try {
        return await tell();
      } catch (again) {
        error = again;
      }
    }
    // The key stays in flight until its lease ends, and of unknown outcome from then on.
    this.#options.onError(error);
  }
}
