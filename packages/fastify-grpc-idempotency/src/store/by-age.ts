/**
 * A map that knows its oldest entry. A new iterator of a Map walks over the places of all that was deleted before it finds
 * the first entry; this one goes on where it was.
 */
export class ByAge<T> {
  readonly #entries = new Map<string, T>();
  #walk = this.#entries.entries();
  #found: readonly [id: string, entry: T] | undefined;

  get size(): number {
    return this.#entries.size;
  }

  get(id: string): T | undefined {
    return this.#entries.get(id);
  }

  /** Adds an entry that is not there yet. */
  add(id: string, entry: T): void {
    this.#entries.set(id, entry);
  }

  delete(id: string): void {
    this.#entries.delete(id);
  }

  /** The entry that was added before all others; undefined where there is none. */
  oldest(): readonly [id: string, entry: T] | undefined {
    while (this.#entries.size > 0) {
      if (this.#found !== undefined && this.#entries.get(this.#found[0]) === this.#found[1]) {
        return this.#found;
      }
      const next = this.#walk.next();
      // One that has come to the end stays there.
      if (next.done) this.#walk = this.#entries.entries();
      else this.#found = next.value;
    }
    return undefined;
  }
}
