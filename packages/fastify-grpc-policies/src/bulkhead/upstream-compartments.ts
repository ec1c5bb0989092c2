import type {
  CallHandle,
  CallReceiver,
  GatewayRegistry,
  Transport,
  TransportCall,
} from "grpc-transcoding";
import { refusedCall } from "../refusal/refused-call.ts";
import { BoundedMap } from "../upstream/bounded-map.ts";
import { type CallKey, callKey, keyText, overflowKey } from "../upstream/call-key.ts";
import { AdmittedCall } from "./admitted-call.ts";
import type { Bulkhead } from "./bulkhead-settings.ts";
import { Compartment } from "./compartment.ts";
import { busy, WaitingCall } from "./waiting-call.ts";

/** What the compartments of an upstream have in common with those of the others. */
export interface UpstreamParts {
  /** Live; undefined while there is no bulkhead. */
  settings(): Bulkhead | undefined;
  readonly addGauge: GatewayRegistry["addGauge"];
  /** The gateway's name. */
  readonly gateway: string;
  /** Those that have compartments. */
  readonly upstreams: Set<UpstreamCompartments>;
}

/** A transport whose calls run in compartments. */
export class UpstreamCompartments implements Transport {
  readonly #parts: UpstreamParts;
  readonly #next: Transport;
  readonly #gauges = new Map<Compartment, readonly (() => void)[]>();
  #compartments: BoundedMap<CallKey, Compartment> | undefined;

  constructor(parts: UpstreamParts, next: Transport) {
    this.#parts = parts;
    this.#next = next;
  }

  start(call: TransportCall, receiver: CallReceiver): CallHandle {
    const settings = this.#parts.settings();
    if (settings === undefined || !settings.isFor(call.method.path)) {
      return this.#next.start(call, receiver);
    }
    const compartment = this.#compartmentOf(callKey(settings.by, call), settings);
    if (compartment.enter()) {
      return new AdmittedCall(compartment, receiver).start(this.#next, call);
    }
    if (compartment.pending >= settings.maxPending) return refusedCall(receiver, busy());
    const waiting = new WaitingCall(compartment, this.#next, call, receiver, settings.maxWaitMs);
    compartment.wait(waiting);
    return waiting;
  }

  close(): void | Promise<void> {
    this.dispose();
    return this.#next.close?.();
  }

  /** Gives those their turn who wait, by the settings as they are now. */
  admitWaiting(): void {
    for (const compartment of this.#compartments?.values() ?? []) compartment.admitWaiting();
  }

  /** Forgets all compartments; calls in them go on. */
  dispose(): void {
    for (const compartment of this.#compartments?.values() ?? []) this.#forget(compartment);
    this.#compartments = undefined;
    this.#parts.upstreams.delete(this);
  }

  #compartmentOf(key: CallKey, settings: Bulkhead): Compartment {
    if (this.#compartments === undefined) {
      this.#parts.upstreams.add(this);
      this.#compartments = new BoundedMap(
        settings.maxCompartments,
        (one) => this.#newCompartment(one),
        (compartment) => this.#forget(compartment),
        overflowKey,
      );
    }
    return this.#compartments.get(keyText(key), key);
  }

  #newCompartment({ tenant, method }: CallKey): Compartment {
    const { addGauge, gateway, settings } = this.#parts;
    const compartment = new Compartment(settings);
    const labels = { gateway, ...(tenant && { tenant }), ...(method && { method }) };
    this.#gauges.set(compartment, [
      addGauge({
        name: "grpc_bulkhead_running",
        help: "Calls of a compartment that run.",
        labels,
        read: () => compartment.running,
      }),
      addGauge({
        name: "grpc_bulkhead_pending",
        help: "Calls of a compartment that wait for one to end.",
        labels,
        read: () => compartment.pending,
      }),
    ]);
    return compartment;
  }

  #forget(compartment: Compartment): void {
    for (const remove of this.#gauges.get(compartment) ?? []) remove();
    this.#gauges.delete(compartment);
  }
}
