import type { GatewayRegistry, Gauge } from "grpc-transcoding";
import { BoundedMap, type Kept } from "./bounded-map.ts";
import { type CallKey, keyLabels, keyText, overflowKey } from "./call-key.ts";

/** What is kept for a key, and what metrics tell of it. */
export interface KeptKind<V, S> {
  make(key: CallKey, settings: S): V;
  /** How many of them an upstream has at most. */
  most(settings: S): number;
  readonly gauges: readonly (Omit<Gauge, "labels" | "read"> & { read(value: V): number })[];
  /** Ends one that is forgotten. */
  end?(value: V): void;
}

/** What upstreams have in common. */
export interface KeptHost<V extends Kept, S> {
  readonly addGauge: GatewayRegistry["addGauge"];
  /** The gateway's name. */
  readonly gateway: string;
  /** Those of all upstreams that keep something. */
  readonly upstreams: Set<KeptByKey<V, S>>;
}

/** What an upstream keeps for each key of its calls, circuits or compartments, with their gauges. */
export class KeptByKey<V extends Kept, S> {
  readonly #kind: KeptKind<V, S>;
  readonly #host: KeptHost<V, S>;
  readonly #gauges = new Map<V, readonly (() => void)[]>();
  #values: BoundedMap<CallKey, V> | undefined;

  constructor(kind: KeptKind<V, S>, host: KeptHost<V, S>) {
    this.#kind = kind;
    this.#host = host;
  }

  /** `settings` are those of all keys until {@link dispose}. */
  get(key: CallKey, settings: S): V {
    if (this.#values === undefined) {
      this.#host.upstreams.add(this);
      this.#values = new BoundedMap(
        this.#kind.most(settings),
        (one) => this.#make(one, settings),
        (value) => this.#forget(value),
        overflowKey,
      );
    }
    return this.#values.get(keyText(key), key);
  }

  *values(): IterableIterator<V> {
    if (this.#values !== undefined) yield* this.#values.values();
  }

  /** Forgets all; what is asked for later is made anew. */
  dispose(): void {
    for (const value of this.values()) this.#forget(value);
    this.#values = undefined;
    this.#host.upstreams.delete(this);
  }

  #make(key: CallKey, settings: S): V {
    const { addGauge, gateway } = this.#host;
    const value = this.#kind.make(key, settings);
    const labels = { gateway, ...keyLabels(key) };
    this.#gauges.set(
      value,
      this.#kind.gauges.map(({ name, help, read }) =>
        addGauge({ name, help, labels, read: () => read(value) }),
      ),
    );
    return value;
  }

  #forget(value: V): void {
    this.#kind.end?.(value);
    for (const remove of this.#gauges.get(value) ?? []) remove();
    this.#gauges.delete(value);
  }
}
