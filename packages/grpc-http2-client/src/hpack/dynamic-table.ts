/** What an entry counts beside its bytes, here and in a header list's size (RFC 7541 §4.1). */
export const ENTRY_OVERHEAD = 32;

// Dropped entries stay in the array's front until they are this many, so that each costs no move.
const COMPACT_ENTRIES = 64;

/** The fields that the peer may refer to, the newest first (RFC 7541 §2.3.2). */
export class DynamicTable {
  readonly #names: string[] = [];
  readonly #values: string[] = [];
  #oldest = 0;
  #bytes = 0;
  #capacity: number;

  /** @param capacity in bytes, each entry counted with its overhead. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get capacity(): number {
    return this.#capacity;
  }

  get entries(): number {
    return this.#names.length - this.#oldest;
  }

  /** The name of the entry that came `age` entries before the newest, which is 0. */
  name(age: number): string {
    return this.#names[this.#names.length - 1 - age] as string;
  }

  /** The value of the entry that came `age` entries before the newest, which is 0. */
  value(age: number): string {
    return this.#values[this.#values.length - 1 - age] as string;
  }

  /** Adds a field after as many old ones went as it takes; one larger than the table empties it. */
  add(name: string, value: string): void {
    const bytes = name.length + value.length + ENTRY_OVERHEAD;
    this.#evictTo(this.#capacity - bytes);
    if (bytes > this.#capacity) return;
    this.#names.push(name);
    this.#values.push(value);
    this.#bytes += bytes;
  }

  /** Empties the table: what an entry does that is too large for it. */
  clear(): void {
    this.#evictTo(0);
  }

  /** Sets the size that the peer chose; what no longer has room goes. */
  resize(capacity: number): void {
    this.#capacity = capacity;
    this.#evictTo(capacity);
  }

  #evictTo(bytes: number): void {
    while (this.#bytes > bytes && this.entries > 0) {
      const name = this.#names[this.#oldest] as string;
      const value = this.#values[this.#oldest] as string;
      this.#names[this.#oldest] = "";
      this.#values[this.#oldest] = "";
      this.#oldest++;
      this.#bytes -= name.length + value.length + ENTRY_OVERHEAD;
    }
    if (this.#oldest < COMPACT_ENTRIES) return;
    this.#names.splice(0, this.#oldest);
    this.#values.splice(0, this.#oldest);
    this.#oldest = 0;
  }
}
