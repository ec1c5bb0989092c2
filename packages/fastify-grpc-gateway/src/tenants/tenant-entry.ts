import type { Transport } from "grpc-transcoding";
import { InFlight } from "../mount/in-flight.ts";
import type { Served } from "../mount/route-selection.ts";
import type { Routing } from "../routing/routing.ts";
import { closable } from "../transport/closable.ts";
import { limited } from "../transport/limited.ts";
import { resolveUpstream } from "../transport/upstream.ts";
import type { TenantHost, TenantPlan } from "./tenant-plan.ts";

/**
 * One generation of a tenant while it serves: its plan, its transport, and who is in flight on it. Once it is drained, no
 * request is matched on it any more, and it is closed when the last has ended.
 */
export class TenantEntry {
  readonly plan: TenantPlan;
  readonly transport: Transport;
  readonly inFlight: InFlight = new InFlight();
  readonly #onClosed: (() => void)[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #served: Served | undefined;
  #closing: Promise<void> | undefined;

  /** Opens the transport. Throws FST_GRPC_OPTION for an upstream that grpc-js refuses. */
  constructor(plan: TenantPlan, host: TenantHost) {
    this.plan = plan;
    this.transport = openTransport(plan, host);
  }

  /** Another one after each reload of a gateway whose API it has: requests keep the one that they were matched on. */
  get served(): Served {
    const { routing } = this.plan;
    if (this.#served?.routing !== routing) this.#served = this.#servedBy(routing);
    return this.#served;
  }

  /** Calls on a transport of its own that have not ended; others are the gateway's. */
  get liveCalls(): number {
    return this.plan.given.upstream === undefined ? 0 : (this.transport.liveCalls ?? 0);
  }

  /**
   * Resolves when nothing of it is in flight, or `ms` are over, and it is closed. May be called again: the shortest time
   * counts.
   */
  drain(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.onClosed(() => this.#closing?.then(resolve, reject));
      this.inFlight.whenIdle(() => this.close());
      if (ms === Number.POSITIVE_INFINITY || this.#closing !== undefined) return;
      if (ms === 0) this.close();
      else this.#timers.add(setTimeout(() => this.close(), ms).unref());
    });
  }

  /** Ends its calls with UNAVAILABLE, those that come late as well. */
  close(): void {
    if (this.#closing !== undefined) return;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#closing = Promise.resolve(this.transport.close?.());
    for (const listener of this.#onClosed.splice(0)) listener();
  }

  /** Calls back when it is closed. */
  onClosed(listener: () => void): void {
    if (this.#closing === undefined) this.#onClosed.push(listener);
    else listener();
  }

  #servedBy(routing: Routing): Served {
    const { plan, transport, inFlight } = this;
    return { routing, transport, responder: plan.responder, inFlight, refusal: undefined };
  }
}

function openTransport({ given, options }: TenantPlan, { parts }: TenantHost): Transport {
  const { upstream, interceptors = [] } = given;
  if (upstream !== undefined) {
    const { transport } = resolveUpstream(upstream, options.limits, parts.log);
    return parts.transport.sibling(transport, interceptors);
  }
  // The gateway's transport has other users, and limits of its own.
  const shared = (transport: Transport): Transport =>
    closable(given.limits === undefined ? transport : limited(transport, given.limits));
  if (interceptors.length === 0) return shared(parts.transport);
  return parts.transport.sibling(shared(parts.transport.inner), interceptors);
}
