import type { CallHandle, CallReceiver, Transport, TransportCall } from "grpc-transcoding";
import { refusedCall } from "../refusal/refused-call.ts";
import { callKey } from "../upstream/call-key.ts";
import { KeptByKey, type KeptHost } from "../upstream/kept-by-key.ts";
import { AdmittedCall } from "./admitted-call.ts";
import type { Bulkhead } from "./bulkhead-settings.ts";
import { Compartment } from "./compartment.ts";
import { UnfinishedCall } from "./unfinished-call.ts";
import { busy, WaitingCall } from "./waiting-call.ts";

/** What the compartments of an upstream have in common with those of the others. */
export interface UpstreamParts extends KeptHost<Compartment, Bulkhead> {
  /** Live; undefined while there is no bulkhead. */
  settings(): Bulkhead | undefined;
  /** Told what the upstream throws when a call is to start that had to wait. */
  onError(error: unknown): void;
}

const gauges = [
  {
    name: "grpc_bulkhead_running",
    help: "Calls of a compartment that run.",
    read: ({ running }: Compartment) => running,
  },
  {
    name: "grpc_bulkhead_pending",
    help: "Calls of a compartment that wait for one to end.",
    read: ({ pending }: Compartment) => pending,
  },
];

/** A transport whose calls run in compartments. */
export class UpstreamCompartments implements Transport {
  readonly #parts: UpstreamParts;
  readonly #next: Transport;
  /** Itself, for calls whose request is complete. */
  readonly #admitting: Transport = {
    start: (call, receiver) => this.#admit(call, receiver),
  };
  readonly #compartments: KeptByKey<Compartment, Bulkhead>;

  constructor(parts: UpstreamParts, next: Transport) {
    this.#parts = parts;
    this.#next = next;
    this.#compartments = new KeptByKey(
      {
        make: () => new Compartment(parts.settings),
        most: ({ maxCompartments }) => maxCompartments,
        gauges,
      },
      parts,
    );
  }

  /** A service works on a stream of requests from its start on, on another request once it is complete. */
  start(call: TransportCall, receiver: CallReceiver): CallHandle {
    const { method } = call;
    if (!this.#parts.settings()?.isFor(method.path)) return this.#next.start(call, receiver);
    if (method.clientStreaming) return this.#admit(call, receiver);
    const { onError } = this.#parts;
    return new UnfinishedCall({ next: this.#admitting, call, receiver, onError });
  }

  /** Calls in compartments go on. */
  close(): void | Promise<void> {
    this.#compartments.dispose();
    return this.#next.close?.();
  }

  #admit(call: TransportCall, receiver: CallReceiver): CallHandle {
    const settings = this.#parts.settings();
    // They may have changed while the request was not complete.
    if (!settings?.isFor(call.method.path)) return this.#next.start(call, receiver);
    const compartment = this.#compartments.get(callKey(settings.by, call), settings);
    if (compartment.enter()) {
      return new AdmittedCall(compartment, receiver).start(this.#next, call);
    }
    if (compartment.pending >= settings.maxPending) return refusedCall(call, receiver, busy());
    const parts = { next: this.#next, call, receiver, onError: this.#parts.onError };
    const waiting = new WaitingCall(compartment, parts, settings.maxWaitMs);
    compartment.wait(waiting);
    return waiting;
  }
}
