import { EventEmitter } from "node:events";
import type { GatewayRegistry, Interceptor } from "grpc-transcoding";
import type { CallKey } from "../upstream/call-key.ts";
import type { KeptByKey } from "../upstream/kept-by-key.ts";
import type { Breaker } from "./breaker-settings.ts";
import { type Circuit, type CircuitState, windowBuckets } from "./circuit.ts";
import type { Opossum } from "./load-opossum.ts";
import { UpstreamCircuits } from "./upstream-circuits.ts";

/** A circuit that changed. */
export interface CircuitChange {
  readonly gateway: string;
  readonly state: CircuitState;
  readonly key: CallKey;
}

/** What the breaker works with beside its settings. */
export interface BreakerHost {
  readonly opossum: Opossum;
  readonly registry: Pick<GatewayRegistry, "addGauge">;
  onChange(change: CircuitChange): void;
  /** Milliseconds that never go back. @default performance.now */
  readonly now?: () => number;
}

/** The circuits of all gateways. Their settings are swapped as a whole. */
export class CircuitBreaker {
  readonly #host: BreakerHost;
  readonly #upstreams = new Set<KeptByKey<Circuit, Breaker>>();
  readonly #rotation: EventEmitter = new EventEmitter().setMaxListeners(0);
  #settings: Breaker | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(host: BreakerHost, settings: Breaker | undefined) {
    this.#host = host;
    this.settings = settings;
  }

  get settings(): Breaker | undefined {
    return this.#settings;
  }

  /** Circuits stay as they are where nothing changes; else all are made anew, closed. */
  set settings(settings: Breaker | undefined) {
    if (settings?.text === this.#settings?.text) return;
    this.#settings = settings;
    clearInterval(this.#timer);
    for (const circuits of this.#upstreams) circuits.dispose();
    if (settings === undefined) return;
    const tenthMs = settings.windowMs / windowBuckets;
    this.#timer = setInterval(() => this.#rotation.emit("rotate"), tenthMs);
    this.#timer.unref();
  }

  /** The interceptor of a gateway; each transport that it wraps is an upstream. */
  interceptor(gateway: string): Interceptor {
    const { opossum, registry, onChange, now = () => performance.now() } = this.#host;
    const parts = {
      settings: () => this.#settings,
      circuitParts: { opossum, rotation: this.#rotation, now },
      onChange: (key: CallKey, state: CircuitState) => onChange({ gateway, state, key }),
      addGauge: registry.addGauge.bind(registry),
      gateway,
      upstreams: this.#upstreams,
    };
    return (next) => new UpstreamCircuits(parts, next);
  }

  /** Ends all timers. */
  close(): void {
    this.settings = undefined;
  }
}
