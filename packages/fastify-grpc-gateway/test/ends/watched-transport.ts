import type { CallHandle, CallReceiver, Transport, TransportCall } from "grpc-transcoding";

/** A transport that knows which of its calls have not ended. */
export class WatchedTransport implements Transport {
  readonly #inner: Transport;
  #open = 0;

  constructor(inner: Transport) {
    this.#inner = inner;
  }

  /** How many calls have begun and have not ended; below 0 when a call ended twice. */
  get open(): number {
    return this.#open;
  }

  start(call: TransportCall, receiver: CallReceiver): CallHandle {
    this.#open += 1;
    return this.#inner.start(call, {
      onHeaders: (metadata) => receiver.onHeaders(metadata),
      onMessage: (bytes) => receiver.onMessage(bytes),
      onStatus: (status, trailers, origin) => {
        this.#open -= 1;
        receiver.onStatus(status, trailers, origin);
      },
    });
  }

  close(): void | Promise<void> {
    return this.#inner.close?.();
  }
}
