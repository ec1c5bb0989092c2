import { createHash } from "node:crypto";
import type { TokenClaims } from "./token-claims.ts";

interface Cached {
  readonly claims: TokenClaims;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * The tokens that were verified, by their hash: a bounded number of them, the one that was used longest ago goes first.
 * No longer than the token is valid, and no longer than `maxAgeMs`.
 */
export class TokenCache {
  readonly #entries = new Map<string, Cached>();
  readonly #size: number;
  readonly #maxAgeMs: number;

  constructor(size: number, maxAgeMs: number) {
    this.#size = size;
    this.#maxAgeMs = maxAgeMs;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): TokenClaims | undefined {
    const cached = this.#entries.get(key);
    if (cached === undefined) return undefined;
    this.#entries.delete(key);
    if (Date.now() >= cached.until) return undefined;
    this.#entries.set(key, cached);
    return cached.claims;
  }

  /** `validUntil` is in milliseconds since the epoch. The claims are frozen: many calls share them. */
  set(key: string, claims: TokenClaims, validUntil: number): void {
    if (this.#size === 0) return;
    const oldest = this.#entries.size >= this.#size ? this.#entries.keys().next().value : undefined;
    if (oldest !== undefined) this.#entries.delete(oldest);
    const until = Math.min(validUntil, Date.now() + this.#maxAgeMs);
    this.#entries.set(key, { claims: deepFreeze(claims), until });
  }

  /** Forgets all: keys have changed. */
  clear(): void {
    this.#entries.clear();
  }
}

/** The key of a token: what lies in memory for minutes must be of no use to whoever reads it. */
export function tokenKey(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return value;
}
