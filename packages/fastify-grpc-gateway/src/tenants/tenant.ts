import { transportClosed } from "grpc-transcoding";
import { endedCall } from "grpc-transcoding/internal";
import type { Served } from "../mount/route-selection.ts";
import { registryEntry } from "../routing/registry-entry.ts";
import { stoppedTenant } from "./stopped-tenant.ts";
import { TenantEntry } from "./tenant-entry.ts";
import type { TenantHost, TenantPlan } from "./tenant-plan.ts";

/** How a tenant is at a moment. */
export interface TenantStatus {
  /** `"draining"`: it was stopped, and some of its requests have not ended. */
  readonly state: "serving" | "stopped" | "draining";
  /** Its requests and native calls that have not ended, those on former generations included. */
  readonly inFlight: number;
  /** The number of its generation: another `set` has a higher one. */
  readonly revision: number;
}

/** One tenant through its generations: what serves it now, and what of it is still drained. */
export class Tenant {
  readonly #host: TenantHost;
  readonly #draining = new Set<TenantEntry>();
  #plan: TenantPlan;
  #revision: number;
  /** Undefined while it is stopped. */
  #entry: TenantEntry | undefined;
  #stopped: Served | undefined;
  #retryAfterS = 0;
  #leaveRegistry: () => void;

  /** Opens the plan's transport. Throws FST_GRPC_OPTION for an upstream that grpc-js refuses. */
  constructor(plan: TenantPlan, host: TenantHost, revision: number) {
    this.#host = host;
    this.#plan = plan;
    this.#revision = revision;
    this.#entry = new TenantEntry(plan, host);
    this.#leaveRegistry = this.#register();
  }

  get plan(): TenantPlan {
    return this.#plan;
  }

  /** What serves it; undefined while it is stopped. */
  get entry(): TenantEntry | undefined {
    return this.#entry;
  }

  /** What its requests are matched on. */
  get served(): Served {
    if (this.#entry !== undefined) return this.#entry.served;
    const { routing } = this.#plan;
    if (this.#stopped?.routing !== routing) this.#stopped = this.#servedWhileStopped();
    return this.#stopped;
  }

  get status(): TenantStatus {
    const isIdle = this.#draining.size === 0;
    const inFlight = this.#entries.reduce((sum, entry) => sum + entry.inFlight.count, 0);
    const state = this.#entry ? "serving" : isIdle ? "stopped" : "draining";
    return { state, inFlight, revision: this.#revision };
  }

  /** Calls on transports of its own that have not ended. */
  get liveCalls(): number {
    return this.#entries.reduce((sum, entry) => sum + entry.liveCalls, 0);
  }

  /** Another generation, at once; the one before is drained. One that is stopped stays so. */
  set(plan: TenantPlan, revision: number, drainMs: number): void {
    const entry = new TenantEntry(plan, this.#host);
    this.#plan = plan;
    this.#revision = revision;
    this.#leaveRegistry = this.#register();
    if (this.#entry === undefined) {
      this.#stopped = undefined;
      entry.close();
      return;
    }
    const before = this.#entry;
    this.#entry = entry;
    void this.#drain(before, drainMs);
  }

  /** Refuses its requests from now on. Resolves when all that was in flight has ended, or was ended after `drainMs`. */
  async stop(drainMs: number, retryAfterS: number): Promise<void> {
    this.#retryAfterS = retryAfterS;
    this.#stopped = undefined;
    if (this.#entry !== undefined) this.#draining.add(this.#entry);
    this.#entry = undefined;
    await Promise.all([...this.#draining].map((entry) => this.#drain(entry, drainMs)));
  }

  /** Serves it again; does nothing to one that is serving. */
  start(): void {
    this.#entry ??= new TenantEntry(this.#plan, this.#host);
  }

  /** Takes it away: {@link stop}, for good. */
  delete(drainMs: number): Promise<void> {
    this.#leaveRegistry();
    return this.stop(drainMs, 0);
  }

  /** Ends its calls; its requests are told that they are UNAVAILABLE. */
  async close(): Promise<void> {
    this.#leaveRegistry();
    await Promise.all(this.#entries.map((entry) => this.#drain(entry, 0)));
  }

  #register(): () => void {
    const { tenant } = this.#plan;
    return this.#host.parts.addTenant(Object.assign(registryEntry(this.#plan), { tenant }));
  }

  get #entries(): TenantEntry[] {
    return this.#entry === undefined ? [...this.#draining] : [this.#entry, ...this.#draining];
  }

  async #drain(entry: TenantEntry, ms: number): Promise<void> {
    this.#draining.add(entry);
    try {
      await entry.drain(ms);
    } catch (error) {
      const { log } = this.#host.parts;
      log.error({ err: error, tenant: this.#plan.tenant }, "a tenant's transport failed to close");
    } finally {
      this.#draining.delete(entry);
    }
  }

  #servedWhileStopped(): Served {
    const { routing, responder } = this.#plan;
    const retryAfterS = this.#retryAfterS;
    return {
      routing,
      transport: {
        start: (call, receiver) => endedCall(call, receiver, transportClosed, "transport"),
      },
      responder,
      inFlight: undefined,
      refusal: () => stoppedTenant(retryAfterS),
    };
  }
}
