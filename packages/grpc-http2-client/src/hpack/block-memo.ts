import type { HeaderList } from "./header-list.ts";

// Response blocks of gRPC are below 200 bytes; what is longer is told apart by its own metadata.
const MAX_BLOCK_BYTES = 512;
const MAX_GENERATION_BLOCKS = 32;
const MAX_GENERATION_BYTES = 8192;
// Of so many look-ups at least one in eight must hit, else the memo rests for as many as stand here.
const WINDOW = 256;
const LEAST_HITS = WINDOW / 8;
const REST = 4096;

/**
 * Remembers the lists of blocks by their bytes, for blocks that mean the same at any time. Two
 * generations: what is asked for moves to the young one, and the old one goes when that is full.
 */
export class BlockMemo {
  #young = new Map<string, HeaderList>();
  #old = new Map<string, HeaderList>();
  #youngBytes = 0;
  #key: string | undefined;
  #lookups = 0;
  #hits = 0;
  #resting = 0;

  /** The list of the block from `start` to `end`, where it is known. */
  find(bytes: Buffer, start: number, end: number): HeaderList | undefined {
    this.#key = undefined;
    if (end - start > MAX_BLOCK_BYTES) return undefined;
    if (this.#resting > 0) {
      this.#resting--;
      return undefined;
    }
    if (this.#lookups === WINDOW) this.#endWindow();
    this.#lookups++;
    const key = bytes.toString("latin1", start, end);
    const young = this.#young.get(key);
    if (young !== undefined) {
      this.#hits++;
      return young;
    }
    this.#key = key;
    const old = this.#old.get(key);
    if (old === undefined) return undefined;
    this.#hits++;
    this.keep(old);
    return old;
  }

  /** Keeps the list of the block that `find` did not know a moment ago. */
  keep(list: HeaderList): void {
    const key = this.#key;
    if (key === undefined) return;
    this.#key = undefined;
    const isFull = this.#young.size >= MAX_GENERATION_BLOCKS;
    if (isFull || this.#youngBytes + key.length > MAX_GENERATION_BYTES) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(key, list);
    this.#youngBytes += key.length;
  }

  /** Where each block has a value of its own (an id, a time), asking costs and never pays. */
  #endWindow(): void {
    if (this.#hits < LEAST_HITS) {
      this.#resting = REST;
      this.#young = new Map();
      this.#old = new Map();
      this.#youngBytes = 0;
    }
    this.#lookups = 0;
    this.#hits = 0;
  }
}
