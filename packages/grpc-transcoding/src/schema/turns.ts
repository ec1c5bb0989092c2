import { setImmediate as nextTurn } from "node:timers/promises";

// Short beside a request; a turn costs next to nothing.
const budgetMs = 4;

/** Long work of an app that serves meanwhile: gives others their turn when some milliseconds of it are done. */
export class Turns {
  #since: number = performance.now();

  /** To be called between steps that are short. */
  async pause(): Promise<void> {
    if (performance.now() - this.#since < budgetMs) return;
    await nextTurn();
    this.#since = performance.now();
  }
}
