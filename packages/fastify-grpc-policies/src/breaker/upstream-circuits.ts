import type {
  CallHandle,
  CallReceiver,
  GatewayRegistry,
  Transport,
  TransportCall,
} from "grpc-transcoding";
import { refusedCall, unavailable } from "../refusal/refused-call.ts";
import { BoundedMap } from "../upstream/bounded-map.ts";
import { type CallKey, callKey, keyText, overflowKey } from "../upstream/call-key.ts";
import type { Breaker } from "./breaker-settings.ts";
import { Circuit, type CircuitParts, type CircuitState } from "./circuit.ts";
import { WatchedCall } from "./watched-call.ts";

/** What the circuits of an upstream have in common with those of the others. */
export interface UpstreamParts {
  /** Live; undefined while there is no breaker. */
  settings(): Breaker | undefined;
  readonly circuitParts: Pick<CircuitParts, "opossum" | "rotation">;
  onChange(key: CallKey, state: CircuitState): void;
  readonly addGauge: GatewayRegistry["addGauge"];
  /** The gateway's name. */
  readonly gateway: string;
  /** Those that have circuits. */
  readonly upstreams: Set<UpstreamCircuits>;
}

/** What clients are told while a circuit is open. */
export const openMessage = "the service fails too often and is not called for a while";

// By the gauge: 0 is well.
const stateNumbers: Readonly<Record<CircuitState, number>> = { closed: 0, "half-open": 1, open: 2 };

/** A transport whose calls come through circuits. */
export class UpstreamCircuits implements Transport {
  readonly #parts: UpstreamParts;
  readonly #next: Transport;
  readonly #gauges = new Map<Circuit, () => void>();
  #circuits: BoundedMap<CallKey, Circuit> | undefined;

  constructor(parts: UpstreamParts, next: Transport) {
    this.#parts = parts;
    this.#next = next;
  }

  start(call: TransportCall, receiver: CallReceiver): CallHandle {
    const settings = this.#parts.settings();
    if (settings === undefined || !settings.isFor(call.method.path)) {
      return this.#next.start(call, receiver);
    }
    const circuit = this.#circuitOf(callKey(settings.by, call), settings);
    const admission = circuit.admit();
    if (admission === "refused") {
      return refusedCall(receiver, unavailable(openMessage, circuit.retryAfterMs));
    }
    const probe = admission === "pass" ? undefined : admission;
    return new WatchedCall(circuit, settings, call, receiver, probe).start(this.#next);
  }

  close(): void | Promise<void> {
    this.dispose();
    return this.#next.close?.();
  }

  /** Forgets all circuits; calls in flight say nothing any more. */
  dispose(): void {
    for (const circuit of this.#circuits?.values() ?? []) this.#forget(circuit);
    this.#circuits = undefined;
    this.#parts.upstreams.delete(this);
  }

  #circuitOf(key: CallKey, settings: Breaker): Circuit {
    if (this.#circuits === undefined) {
      this.#parts.upstreams.add(this);
      this.#circuits = this.#newCircuits(settings);
    }
    return this.#circuits.get(keyText(key), key);
  }

  #newCircuits(settings: Breaker): BoundedMap<CallKey, Circuit> {
    return new BoundedMap(
      settings.maxCircuits,
      (key) => this.#newCircuit(key, settings),
      (circuit) => this.#forget(circuit),
      overflowKey,
    );
  }

  #newCircuit(key: CallKey, settings: Breaker): Circuit {
    const { circuitParts, onChange, addGauge, gateway } = this.#parts;
    const circuit = new Circuit({
      ...circuitParts,
      settings,
      onChange: (state) => onChange(key, state),
    });
    const { tenant, method } = key;
    this.#gauges.set(
      circuit,
      addGauge({
        name: "grpc_breaker_state",
        help: "0 for a circuit that is closed, 1 for one that is half open, 2 for an open one.",
        labels: { gateway, ...(tenant && { tenant }), ...(method && { method }) },
        read: () => stateNumbers[circuit.state],
      }),
    );
    return circuit;
  }

  #forget(circuit: Circuit): void {
    circuit.dispose();
    this.#gauges.get(circuit)?.();
    this.#gauges.delete(circuit);
  }
}
