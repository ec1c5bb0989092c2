/** Those who wait for one key. */
interface Group {
  readonly waiting: (() => void)[];
  timer: NodeJS.Timeout;
}

/**
 * Who waits for what becomes of a key. All are woken when this process knows; until then one of them at a time, to look
 * whether another process does.
 */
export class Turns {
  readonly #max: number;
  readonly #lookMs: number;
  readonly #groups = new Map<string, Group>();
  #count = 0;

  constructor(max: number, lookMs: number) {
    this.#max = max;
    this.#lookMs = lookMs;
  }

  /** Those who wait: a gauge. */
  get count(): number {
    return this.#count;
  }

  /** Resolves when there is something to see, or it is one's turn to look; undefined where there is no room. */
  join(id: string): Promise<void> | undefined {
    if (this.#count >= this.#max) return undefined;
    this.#count += 1;
    return new Promise((resolve) => {
      const group = this.#groups.get(id);
      if (group !== undefined) group.waiting.push(resolve);
      else this.#groups.set(id, { waiting: [resolve], timer: this.#look(id) });
    });
  }

  /** Wakes all who wait for a key. */
  wake(id: string): void {
    const group = this.#groups.get(id);
    if (group === undefined) return;
    clearTimeout(group.timer);
    this.#groups.delete(id);
    this.#count -= group.waiting.length;
    for (const resolve of group.waiting) resolve();
  }

  /** Wakes all. */
  close(): void {
    for (const id of [...this.#groups.keys()]) this.wake(id);
  }

  #look(id: string): NodeJS.Timeout {
    return setTimeout(() => {
      const group = this.#groups.get(id);
      const first = group?.waiting.shift();
      if (group === undefined || first === undefined) return;
      this.#count -= 1;
      if (group.waiting.length === 0) this.#groups.delete(id);
      else group.timer = this.#look(id);
      first();
    }, this.#lookMs).unref();
  }
}
