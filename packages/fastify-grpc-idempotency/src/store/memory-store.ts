import { read } from "../option/read.ts";
import { ByAge } from "./by-age.ts";
import type { IdempotencyStore, KeyClaim, KeyState, StoredAnswer } from "./idempotency-store.ts";

/** Options of a store in memory. */
export interface MemoryStoreOptions {
  /** Keys that are kept at once. @default 10000 */
  readonly maxEntries?: number;
  /** Bytes of answers. Beyond, the oldest are dropped; their keys stay, so that nothing runs twice. @default 64 MiB */
  readonly maxBytes?: number;
  /**
   * Where all entries are taken: whether a new key takes the place of the oldest that is done, or is refused. Those in
   * flight and of unknown outcome always stay; where there are no others, a new key is refused.
   * @default "evict"
   */
  readonly whenFull?: "evict" | "refuse";
  /** Milliseconds that never go back. @default performance.now */
  readonly now?: () => number;
}

interface Entry {
  readonly fingerprint: string;
  readonly owner: string;
  readonly leaseEnds: number;
  readonly expires: number;
  /** What came of it; undefined while it runs. */
  outcome: StoredAnswer | "unknown" | undefined;
  bytes: number;
}

type Settings = Required<MemoryStoreOptions>;

/** A store in the memory of this process. Throws FST_GRPC_IDEMPOTENCY_*. */
export function createMemoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const keys = ["maxEntries", "maxBytes", "whenFull", "now"];
  const given = read.object(options, "store", keys);
  const { maxEntries = 10_000, maxBytes = 64 * 1024 * 1024 } = given;
  const { whenFull = "evict", now = () => performance.now() } = given;
  return new MemoryStore({
    maxEntries: read.integer(maxEntries, "store.maxEntries", { from: 1 }),
    maxBytes: read.integer(maxBytes, "store.maxBytes"),
    whenFull: read.choice(whenFull, "store.whenFull", ["evict", "refuse"]),
    now: read.function<() => number>(now, "store.now"),
  });
}

const begun: KeyState = { state: "begun" };
const unknown: KeyState = { state: "unknown" };
const mismatch: KeyState = { state: "mismatch" };

/** See {@link createMemoryStore}. */
export class MemoryStore implements IdempotencyStore {
  readonly #settings: Settings;
  /** In flight, or of unknown outcome: these are never dropped for room. */
  readonly #held = new ByAge<Entry>();
  readonly #done = new ByAge<Entry>();
  /** Those of the done that have a body. */
  readonly #bodies = new ByAge<Entry>();
  #bytes = 0;
  #evicted = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Keys that are kept: a gauge. */
  get size(): number {
    return this.#held.size + this.#done.size;
  }

  /** Bytes of answers that are kept: a gauge. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keys that were forgotten before their time. */
  get evicted(): number {
    return this.#evicted;
  }

  begin(id: string, { fingerprint, owner, leaseMs, ttlMs }: KeyClaim): KeyState {
    const now = this.#settings.now();
    const entry = this.#held.get(id) ?? this.#done.get(id);
    if (entry !== undefined && entry.expires > now) {
      if (entry.fingerprint !== fingerprint) return mismatch;
      return stateOf(entry, owner, now);
    }
    this.#forget(id);
    this.#makeRoom(now);
    const leaseEnds = now + leaseMs;
    const expires = now + ttlMs;
    this.#held.add(id, { fingerprint, owner, leaseEnds, expires, outcome: undefined, bytes: 0 });
    return begun;
  }

  complete(id: string, owner: string, outcome: StoredAnswer | "unknown"): void {
    const entry = this.#held.get(id);
    if (entry?.owner !== owner) return;
    entry.outcome = outcome;
    if (outcome === "unknown") return;
    this.#held.delete(id);
    this.#done.add(id, entry);
    if (outcome.body === undefined) return;
    entry.bytes = sizeOf(outcome);
    this.#bytes += entry.bytes;
    this.#bodies.add(id, entry);
    while (this.#bytes > this.#settings.maxBytes) this.#dropOldestBody();
  }

  release(id: string, owner: string): void {
    const entry = this.#held.get(id);
    if (entry?.owner === owner && entry.outcome === undefined) this.#held.delete(id);
  }

  #makeRoom(now: number): void {
    this.#expire(this.#held, now);
    this.#expire(this.#done, now);
    if (this.size < this.#settings.maxEntries) return;
    const oldest = this.#done.oldest();
    if (oldest === undefined || this.#settings.whenFull === "refuse") {
      throw new Error(`the store is full: it holds ${this.size} keys`);
    }
    this.#forget(oldest[0]);
    this.#evicted += 1;
  }

  #expire(entries: ByAge<Entry>, now: number): void {
    let oldest = entries.oldest();
    while (oldest !== undefined && oldest[1].expires <= now) {
      this.#forget(oldest[0]);
      oldest = entries.oldest();
    }
  }

  #forget(id: string): void {
    const body = this.#bodies.get(id);
    if (body !== undefined) this.#bytes -= body.bytes;
    this.#bodies.delete(id);
    this.#held.delete(id);
    this.#done.delete(id);
  }

  #dropOldestBody(): void {
    const [id, entry] = this.#bodies.oldest() as readonly [string, Entry];
    this.#bodies.delete(id);
    this.#bytes -= entry.bytes;
    entry.outcome = { ...(entry.outcome as StoredAnswer), body: undefined };
  }
}

function stateOf({ outcome, owner, leaseEnds }: Entry, asking: string, now: number): KeyState {
  if (outcome === "unknown") return unknown;
  if (outcome !== undefined) return { state: "done", answer: outcome };
  if (owner === asking) return begun;
  if (leaseEnds <= now) return unknown;
  return { state: "in-flight", leaseLeftMs: leaseEnds - now };
}

function sizeOf({ headers, body }: StoredAnswer): number {
  const fields = Object.entries(headers).flat(2);
  return fields.reduce((sum, text) => sum + text.length, body?.length ?? 0);
}
