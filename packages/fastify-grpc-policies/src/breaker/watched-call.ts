import {
  type CallHandle,
  type CallOrigin,
  type CallReceiver,
  Code,
  type MetadataEntries,
  type Status,
  type Transport,
  type TransportCall,
  transportClosed,
} from "grpc-transcoding";
import type { Breaker } from "./breaker-settings.ts";
import type { Circuit } from "./circuit.ts";
import type { Outcome } from "./load-opossum.ts";
import { type NativeRequest, nativeRequestOf } from "./native-request.ts";
import type { Probe } from "./probe.ts";

/** A call that a circuit let through, from both sides: tells the circuit what it said of the upstream. */
export class WatchedCall implements CallReceiver, CallHandle {
  readonly #circuit: Circuit;
  readonly #settings: Breaker;
  readonly #call: TransportCall;
  readonly #receiver: CallReceiver;
  /** How long the upstream must have had the whole request before its silence is a failure. */
  readonly #floorMs: number;
  #handle: CallHandle | undefined;
  /** When the upstream had the whole request. */
  #askedAt = Number.POSITIVE_INFINITY;
  #probe: Probe | undefined;
  /** What a native client wrote; undefined for calls of REST, whose messages are ours. */
  readonly #written: NativeRequest | undefined;

  constructor(
    circuit: Circuit,
    settings: Breaker,
    call: TransportCall,
    receiver: CallReceiver,
    probe: Probe | undefined,
  ) {
    this.#circuit = circuit;
    this.#settings = settings;
    this.#call = call;
    this.#receiver = receiver;
    this.#probe = probe;
    this.#written = nativeRequestOf(call);
    const { deadlineFloorMs } = settings;
    const { at, source } = call.deadline;
    this.#floorMs =
      source === "client" ? deadlineFloorMs : Math.min(deadlineFloorMs, (at - Date.now()) / 2);
  }

  /** Throws what an interceptor within does, which says nothing of the upstream. */
  start(next: Transport): this {
    try {
      this.#handle = next.start(this.#call, this);
      return this;
    } catch (error) {
      this.#probe?.settle("none");
      this.#circuit.leave();
      throw error;
    }
  }

  onHeaders(metadata: MetadataEntries): void {
    // A stream may run for ever: that it began is what a probe asks.
    if (this.#probe !== undefined && this.#call.method.serverStreaming) {
      this.#probe.settle("success");
      this.#probe = undefined;
    }
    this.#receiver.onHeaders(metadata);
  }

  onMessage(bytes: Uint8Array): void {
    this.#receiver.onMessage(bytes);
  }

  onStatus(status: Status, trailers: MetadataEntries, origin?: CallOrigin): void {
    const outcome = this.#outcomeOf(status, origin);
    if (this.#probe === undefined) this.#circuit.settle(outcome);
    else this.#probe.settle(outcome);
    this.#circuit.leave();
    this.#receiver.onStatus(status, trailers, origin);
  }

  send(bytes: Uint8Array, onAccepted?: () => void): void {
    this.#written?.add(bytes);
    this.#handle?.send(bytes, onAccepted);
  }

  halfClose(): void {
    this.#askedAt = this.#circuit.now();
    // A stream may be silent though all is well.
    this.#probe?.asked(this.#call.method.serverStreaming ? "none" : "failure");
    this.#handle?.halfClose();
  }

  read(): void {
    this.#handle?.read();
  }

  cancel(status: Status): void {
    this.#handle?.cancel(status);
  }

  #outcomeOf(status: Status, origin: CallOrigin | undefined): Outcome {
    const { code } = status;
    if (code === Code.CANCELLED) return "none";
    const counts = this.#settings.codes.has(code);
    if (code === Code.DEADLINE_EXCEEDED) return counts && this.#isHanging() ? "failure" : "none";
    // What ended on this side, as a request over the limit, says nothing of the other; a connection that failed does.
    if (origin === "transport") {
      return counts && code === Code.UNAVAILABLE && status !== transportClosed ? "failure" : "none";
    }
    if (!counts) return "success";
    if (code === Code.UNAVAILABLE || this.#written === undefined) return "failure";
    return this.#written.isWellFormed ? "failure" : "none";
  }

  /**
   * Whether an upstream that had the whole request for long enough owes the answer: clients choose deadlines, and how
   * slowly they send and read. A stream owes nothing: it may be silent though all is well.
   */
  #isHanging(): boolean {
    if (this.#call.method.serverStreaming) return false;
    return this.#circuit.now() - this.#askedAt >= this.#floorMs;
  }
}
