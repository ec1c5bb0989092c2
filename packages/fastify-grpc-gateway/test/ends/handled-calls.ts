/** What a handler does with its call: answers it, fails it, or holds it until it is released. */
export type Behaviour = "answer" | "error" | "hold";

/** How a call ended for its handler: by what the handler did, or because somebody else ended it. */
export type Fate = "finished" | "cancelled";

/** The code of the behaviour `error`. */
export const failCode = 9;

interface Cancellable {
  on(event: "cancelled", listener: () => void): unknown;
}

/** The calls of a service's handlers, and how they ended. */
export class HandledCalls {
  fates: Fate[] = [];
  #called = 0;
  #wake: (() => void)[] = [];
  readonly #held = new Set<() => void>();

  /** How many calls have reached a handler. */
  get called(): number {
    return this.#called;
  }

  /** How many of them have not ended. */
  get open(): number {
    return this.#called - this.fates.length;
  }

  /** Resolves once so many calls are with their handlers. */
  async reached(count = 1): Promise<void> {
    while (this.open < count) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  /** Lets the calls that are held be answered. */
  release(): void {
    for (const finish of this.#held) finish();
  }

  /** Begins to count anew; none may be open. */
  forget(): void {
    this.#called = 0;
    this.fates = [];
  }

  /** Counts a call, and returns what finishes it by an answer. */
  begin(call: Cancellable, answer: () => void): () => void {
    this.#called += 1;
    let ended = false;
    const end = (fate: Fate): void => {
      this.#held.delete(finish);
      if (!ended) this.fates.push(fate);
      ended = true;
    };
    const finish = (): void => {
      end("finished");
      answer();
    };
    this.#held.add(finish);
    // grpc-js emits it at the end of every call: only the first of the two tells.
    call.on("cancelled", () => end("cancelled"));
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
    return finish;
  }
}
