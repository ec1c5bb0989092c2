/** An answer as it is replayed. */
export interface StoredAnswer {
  readonly statusCode: number;
  /** Those that are replayed; lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Undefined where it is not kept: too large, a stream, or dropped for room. */
  readonly body: Buffer | undefined;
}

/** What a request asks of a store that has a key. */
export interface KeyClaim {
  /** What tells the request from another. */
  readonly fingerprint: string;
  /** Names this attempt; no other has the name. */
  readonly owner: string;
  /** Milliseconds after which an attempt that has not ended counts as lost. */
  readonly leaseMs: number;
  /** Milliseconds that the key is kept, from now on. */
  readonly ttlMs: number;
}

/** What a store says of a key. */
export type KeyState =
  /** It was free: the request is to be executed. */
  | { readonly state: "begun" }
  /** Another attempt runs. */
  | { readonly state: "in-flight"; readonly leaseLeftMs: number }
  /** Whether another attempt was executed, nobody knows. */
  | { readonly state: "unknown" }
  /** Another request has the key. */
  | { readonly state: "mismatch" }
  | { readonly state: "done"; readonly answer: StoredAnswer };

/**
 * Where keys are kept: in memory, in Redis. All may be async. One that cannot tell throws or rejects; the plugin's
 * `onStoreError` decides then. It must never say `begun` twice for a key that has not been released.
 */
export interface IdempotencyStore {
  /** Takes a key that is free, or tells its state. Asked again by the same owner, it says `begun` again. */
  begin(id: string, claim: KeyClaim): KeyState | Promise<KeyState>;
  /** What has come of an attempt; without effect where `owner` is not the key's. */
  complete(id: string, owner: string, outcome: StoredAnswer | "unknown"): void | Promise<void>;
  /** Frees the key of an attempt that was not executed; without effect where `owner` is not the key's. */
  release(id: string, owner: string): void | Promise<void>;
}
