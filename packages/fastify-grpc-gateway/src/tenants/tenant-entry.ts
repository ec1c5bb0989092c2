import type { Transport } from "grpc-transcoding";
import type { Served } from "../mount/route-selection.ts";
import type { Routing } from "../routing/routing.ts";

/** Whose routes and transport a tenant has where it has none of its own. `routing` is live. */
export interface TenantDefaults {
  readonly routing: Routing;
  readonly parts: { readonly transport: Transport };
}

/** One tenant with something of its own, as it was set. Another `set` makes another entry. */
export class TenantEntry implements Served {
  /** Its own transport; undefined where its calls go the gateway's way. */
  readonly ownTransport: Transport | undefined;
  readonly #routing: Routing | undefined;
  readonly #defaults: TenantDefaults;
  readonly #onRemoved: (() => void)[] = [];
  #isRemoved = false;

  constructor(
    defaults: TenantDefaults,
    routing: Routing | undefined,
    ownTransport: Transport | undefined,
  ) {
    this.#defaults = defaults;
    this.#routing = routing;
    this.ownTransport = ownTransport;
  }

  get routing(): Routing {
    return this.#routing ?? this.#defaults.routing;
  }

  get transport(): Transport {
    return this.ownTransport ?? this.#defaults.parts.transport;
  }

  /** Calls back when no request will be matched on this entry any more. */
  onRemoved(listener: () => void): void {
    if (this.#isRemoved) listener();
    else this.#onRemoved.push(listener);
  }

  /** The entry is no longer the tenant's. */
  removed(): void {
    this.#isRemoved = true;
    for (const listener of this.#onRemoved.splice(0)) listener();
  }
}
