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
import { UnfinishedCall } from "./unfinished-call.ts";
import { busy, WaitingCall } from "./waiting-call.ts";

/** What the compartments of an upstream have in common with those of the others. */
export interface UpstreamParts {
  /** Live; undefined while there is no bulkhead. */
  settings(): Bulkhead | undefined;
  readonly addGauge: GatewayRegistry["addGauge"];
  /** Told what the upstream throws when a call is to start that had to wait. */
  onError(error: unknown): void;
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
  /** Itself, for calls whose request is complete. */
  readonly #admitting: Transport = {
    start: (call, receiver) => this.#admit(call, receiver),
  };
  #compartments: BoundedMap<CallKey, Compartment> | undefined;

  constructor(parts: UpstreamParts, next: Transport) {
    this.#parts = parts;
    this.#next = next;
  }

  /** A service works on a stream of requests from its start on, on another request once it is complete. */
  start(call: TransportCall, receiver: CallReceiver): CallHandle {
    const { method } = call;
    if (!this.#parts.settings()?.isFor(method.path)) return this.#next.start(call, receiver);
    if (method.clientStreaming) return this.#admit(call, receiver);
    const { onError } = this.#parts;
    return new UnfinishedCall({ next: this.#admitting, call, receiver, onError });
  }

  #admit(call: TransportCall, receiver: CallReceiver): CallHandle {
    const settings = this.#parts.settings();
    // They may have changed while the request was not complete.
    if (!settings?.isFor(call.method.path)) return this.#next.start(call, receiver);
    const compartment = this.#compartmentOf(callKey(settings.by, call), settings);
    if (compartment.enter()) {
      return new AdmittedCall(compartment, receiver).start(this.#next, call);
    }
    if (compartment.pending >= settings.maxPending) return refusedCall(receiver, busy());
    const parts = { next: this.#next, call, receiver, onError: this.#parts.onError };
    const waiting = new WaitingCall(compartment, parts, settings.maxWaitMs);
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
