import type { GatewayRegistry, Interceptor } from "grpc-transcoding";
import type { KeptByKey } from "../upstream/kept-by-key.ts";
import type { Bulkhead } from "./bulkhead-settings.ts";
import type { Compartment } from "./compartment.ts";
import { UpstreamCompartments } from "./upstream-compartments.ts";

/** What bulkheads work with beside their settings. */
export interface BulkheadHost {
  readonly registry: Pick<GatewayRegistry, "addGauge">;
  /** Told what an upstream throws when a call is to start. */
  onError(error: unknown): void;
}

/** The bulkheads of all gateways. Their settings are swapped as a whole. */
export class Bulkheads {
  readonly #host: BulkheadHost;
  readonly #upstreams = new Set<KeptByKey<Compartment, Bulkhead>>();
  #settings: Bulkhead | undefined;

  constructor(host: BulkheadHost, settings: Bulkhead | undefined) {
    this.#host = host;
    this.#settings = settings;
  }

  /** Holds for calls that run and wait already, unless they are told apart in another way from now on. */
  set settings(settings: Bulkhead | undefined) {
    const before = this.#settings;
    this.#settings = settings;
    const isApart = (one: Bulkhead | undefined) => `${one?.by} ${one?.maxCompartments}`;
    for (const compartments of this.#upstreams) {
      for (const compartment of compartments.values()) compartment.admitWaiting();
      if (isApart(settings) !== isApart(before)) compartments.dispose();
    }
  }

  /** The interceptor of a gateway; each transport that it wraps is an upstream. */
  interceptor(gateway: string): Interceptor {
    const { registry, onError } = this.#host;
    const parts = {
      settings: () => this.#settings,
      addGauge: registry.addGauge.bind(registry),
      onError,
      gateway,
      upstreams: this.#upstreams,
    };
    return (next) => new UpstreamCompartments(parts, next);
  }

  /** Ends the bound and removes its gauges. */
  close(): void {
    this.settings = undefined;
    for (const compartments of this.#upstreams) compartments.dispose();
  }
}
