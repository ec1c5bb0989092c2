/** What is kept for a key of clients. */
export interface Kept {
  /** Whether it can be forgotten: nobody uses it, and it is as one that is made anew. */
  readonly isIdle: boolean;
}

// How many of the oldest are looked at for one that is idle.
const maxLooks = 8;

/**
 * Values by key, made when first asked for. Clients choose keys (a tenant, a method), so there is a most of them:
 * beyond, an idle one of the oldest goes; where none is idle, the new key shares the value of all that came too late.
 */
export class BoundedMap<K extends object, V extends Kept> {
  readonly #values = new Map<string, V>();
  readonly #most: number;
  readonly #make: (key: K) => V;
  readonly #forget: (value: V) => void;
  readonly #sharedKey: K;
  #shared: V | undefined;

  /** `shared` is the key of those that came too late. */
  constructor(most: number, make: (key: K) => V, forget: (value: V) => void, shared: K) {
    this.#most = most;
    this.#make = make;
    this.#forget = forget;
    this.#sharedKey = shared;
  }

  /** `text` is the key as a text. */
  get(text: string, key: K): V {
    return this.#values.get(text) ?? this.#add(text, key);
  }

  *values(): IterableIterator<V> {
    yield* this.#values.values();
    if (this.#shared !== undefined) yield this.#shared;
  }

  #add(text: string, key: K): V {
    if (this.#values.size >= this.#most && !this.#makeRoom()) {
      this.#shared ??= this.#make(this.#sharedKey);
      return this.#shared;
    }
    const value = this.#make(key);
    this.#values.set(text, value);
    return value;
  }

  #makeRoom(): boolean {
    let looks = 0;
    for (const [key, value] of this.#values) {
      if (value.isIdle) {
        this.#values.delete(key);
        this.#forget(value);
        return true;
      }
      // To the end, so that the next look meets others.
      this.#values.delete(key);
      this.#values.set(key, value);
      looks += 1;
      if (looks === maxLooks) break;
    }
    return false;
  }
}
