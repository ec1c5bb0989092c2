import type { ConnectionSettings } from "./connection-settings.ts";

// The longest delay of setTimeout.
const maxDelayMs = 2 ** 31 - 1;

/** What the clock asks of a connection. */
export interface LifetimeOwner {
  readonly liveCalls: number;
  /** Calls so far, and bytes that came: what changes while the connection is used. */
  readonly startedCalls: number;
  readonly receivedBytes: number;
  ping(): void;
  /** No new calls; it ends with the last one. */
  retire(): void;
  fail(reason: string): void;
}

/** The timers of an open connection: idle, age, keepalive. None is set for each call. */
export class Lifetime {
  private readonly owner: LifetimeOwner;
  private readonly settings: ConnectionSettings;
  private readonly timers = new Set<NodeJS.Timeout>();
  private seenCalls = -1;
  private seenBytes = 0;
  private awaited: NodeJS.Timeout | undefined;

  constructor(owner: LifetimeOwner, settings: ConnectionSettings) {
    this.owner = owner;
    this.settings = settings;
    const { idleMs, maxAgeMs, keepaliveMs } = settings;
    this.every(idleMs, () => this.checkIdle());
    // Connections that began together do not end together.
    this.every(maxAgeMs * (0.9 + Math.random() * 0.2), () => owner.retire());
    this.every(keepaliveMs, () => this.checkAlive());
  }

  /** The peer answered a PING. */
  onPong(): void {
    if (this.awaited === undefined) return;
    clearTimeout(this.awaited);
    this.timers.delete(this.awaited);
    this.awaited = undefined;
  }

  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  private every(ms: number, check: () => void): void {
    if (ms === Number.POSITIVE_INFINITY) return;
    this.timers.add(setInterval(check, Math.min(ms, maxDelayMs)).unref());
  }

  private checkIdle(): void {
    const { liveCalls, startedCalls } = this.owner;
    if (liveCalls === 0 && startedCalls === this.seenCalls) this.owner.retire();
    this.seenCalls = startedCalls;
  }

  private checkAlive(): void {
    const { liveCalls, receivedBytes } = this.owner;
    const isQuiet = receivedBytes === this.seenBytes;
    this.seenBytes = receivedBytes;
    if (!isQuiet || this.awaited !== undefined) return;
    if (liveCalls === 0 && !this.settings.keepaliveWithoutCalls) return;
    this.owner.ping();
    this.awaited = setTimeout(
      () => this.owner.fail("a PING was not answered"),
      this.settings.keepaliveTimeoutMs,
    ).unref();
    this.timers.add(this.awaited);
  }
}
