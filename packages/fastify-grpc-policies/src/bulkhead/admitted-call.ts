import type { CallOrigin, CallReceiver, MetadataEntries, Status } from "grpc-transcoding";
import type { Compartment } from "./compartment.ts";

/** The receiver of a call that runs: its end makes room for another. */
export class AdmittedCall implements CallReceiver {
  readonly #compartment: Compartment;
  readonly #receiver: CallReceiver;

  constructor(compartment: Compartment, receiver: CallReceiver) {
    this.#compartment = compartment;
    this.#receiver = receiver;
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
