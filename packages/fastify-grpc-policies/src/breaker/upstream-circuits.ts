import type { CallHandle, CallReceiver, Transport, TransportCall } from "grpc-transcoding";
import { refusedCall, unavailable } from "../refusal/refused-call.ts";
import { type CallKey, callKey } from "../upstream/call-key.ts";
import { KeptByKey, type KeptHost } from "../upstream/kept-by-key.ts";
import type { Breaker } from "./breaker-settings.ts";
import { Circuit, type CircuitParts, type CircuitState } from "./circuit.ts";
import { WatchedCall } from "./watched-call.ts";

/** What the circuits of an upstream have in common with those of the others. */
export interface UpstreamParts extends KeptHost<Circuit, Breaker> {
  /** Live; undefined while there is no breaker. */
  settings(): Breaker | undefined;
  readonly circuitParts: Pick<CircuitParts, "opossum" | "rotation" | "now">;
  onChange(key: CallKey, state: CircuitState): void;
}

/** What clients are told while a circuit is open. */
export const openMessage = "the service fails too often and is not called for a while";

// By the gauge: 0 is well.
const stateNumbers: Readonly<Record<CircuitState, number>> = { closed: 0, "half-open": 1, open: 2 };

const stateGauge = {
  name: "grpc_breaker_state",
  help: "0 for a circuit that is closed, 1 for one that is half open, 2 for an open one.",
  read: ({ state }: Circuit) => stateNumbers[state],
};

/** A transport whose calls come through circuits. */
export class UpstreamCircuits implements Transport {
  readonly #parts: UpstreamParts;
  readonly #next: Transport;
  readonly #circuits: KeptByKey<Circuit, Breaker>;

  constructor(parts: UpstreamParts, next: Transport) {
    const { circuitParts, onChange } = parts;
    this.#parts = parts;
    this.#next = next;
    this.#circuits = new KeptByKey(
      {
        make: (key, settings) =>
          new Circuit({ ...circuitParts, settings, onChange: (state) => onChange(key, state) }),
        most: ({ maxCircuits }) => maxCircuits,
        gauges: [stateGauge],
        // Calls in flight say nothing any more.
        end: (circuit) => circuit.dispose(),
      },
      parts,
    );
  }

  start(call: TransportCall, receiver: CallReceiver): CallHandle {
    const settings = this.#parts.settings();
    if (!settings?.isFor(call.method.path)) return this.#next.start(call, receiver);
    const circuit = this.#circuits.get(callKey(settings.by, call), settings);
    const admission = circuit.admit();
    if (admission === "refused") {
      return refusedCall(call, receiver, unavailable(openMessage, circuit.retryAfterMs));
    }
    const probe = admission === "pass" ? undefined : admission;
    return new WatchedCall(circuit, settings, call, receiver, probe).start(this.#next);
  }

  close(): void | Promise<void> {
    this.#circuits.dispose();
    return this.#next.close?.();
  }
}
