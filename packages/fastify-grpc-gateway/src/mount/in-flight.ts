/** Requests and native calls that have been matched and have not ended. */
export class InFlight {
  #count = 0;
  #waiting: (() => void)[] = [];

  get count(): number {
    return this.#count;
  }

  /** One more. Returns the function that tells its end, which may be called again. */
  enter(): () => void {
    this.#count += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#count -= 1;
      if (this.#count === 0) for (const listener of this.#waiting.splice(0)) listener();
    };
  }

  /** Calls back once, when there is none: at once where that is now. */
  whenIdle(listener: () => void): void {
    if (this.#count === 0) listener();
    else this.#waiting.push(listener);
  }
}
