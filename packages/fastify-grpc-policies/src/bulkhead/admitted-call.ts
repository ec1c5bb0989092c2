import type {
  CallHandle,
  CallOrigin,
  CallReceiver,
  MetadataEntries,
  Status,
  Transport,
  TransportCall,
} from "grpc-transcoding";
import type { Compartment } from "./compartment.ts";

/** The receiver of a call that runs: its end makes room for another. */
export class AdmittedCall implements CallReceiver {
  readonly #compartment: Compartment;
  readonly #receiver: CallReceiver;

  constructor(compartment: Compartment, receiver: CallReceiver) {
    this.#compartment = compartment;
    this.#receiver = receiver;
  }

  /** Throws what an interceptor within does, and makes room then. */
  start(next: Transport, call: TransportCall): CallHandle {
    try {
      return next.start(call, this);
    } catch (error) {
      this.#compartment.leave();
      throw error;
    }
  }

  onHeaders(metadata: MetadataEntries): void {
    this.#receiver.onHeaders(metadata);
  }

  onMessage(bytes: Uint8Array): void {
    this.#receiver.onMessage(bytes);
  }

  onStatus(status: Status, trailers: MetadataEntries, origin?: CallOrigin): void {
    this.#compartment.leave();
    this.#receiver.onStatus(status, trailers, origin);
  }
}
