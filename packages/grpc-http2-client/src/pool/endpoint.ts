import type { Connection } from "../connection/connection.ts";
import type { Address } from "../target/address.ts";
import { type BackoffSettings, backoffMs } from "./backoff.ts";

/** One address of a target, with its connections and its failures. */
export class Endpoint {
  readonly address: Address;
  readonly connections: Set<Connection> = new Set();
  private failures = 0;
  private retryAt = 0;

  constructor(address: Address) {
    this.address = address;
  }

  /** No attempt before, after one has failed; by `performance.now()`. */
  mayConnect(now: number): boolean {
    return now >= this.retryAt;
  }

  onReady(): void {
    this.failures = 0;
    this.retryAt = 0;
  }

  onFailure(backoff: BackoffSettings): void {
    this.failures += 1;
    this.retryAt = performance.now() + backoffMs(this.failures, backoff);
  }
}
