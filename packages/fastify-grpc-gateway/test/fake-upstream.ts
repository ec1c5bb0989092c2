import type {
  CallHandle,
  CallReceiver,
  MetadataEntries,
  Status,
  Transport,
  TransportCall,
} from "grpc-transcoding";
import { Code } from "grpc-transcoding";

const ok: Status = { code: Code.OK, message: "OK", details: [] };

/** A call that has reached a {@link FakeUpstream}: what its caller did, and what the test answers. */
export class FakeCall implements CallHandle {
  readonly call: TransportCall;
  readonly sent: Uint8Array[] = [];
  /** How many messages the caller has asked for. */
  reads = 0;
  ended = false;
  /** How often the caller cancelled a call that had ended: it had not let go of it. */
  lateCancels = 0;
  readonly #receiver: CallReceiver;
  #onCancelled = (): void => {};
  /** Resolves with the status of the caller's cancel, which ends the call. */
  readonly cancelled: Promise<Status>;

  constructor(call: TransportCall, receiver: CallReceiver) {
    this.call = call;
    this.#receiver = receiver;
    this.cancelled = new Promise((resolve) => {
      this.#onCancelled = () => resolve(this.cancelStatus as Status);
    });
  }

  cancelStatus: Status | undefined;

  send(bytes: Uint8Array, onAccepted?: () => void): void {
    this.sent.push(bytes);
    if (onAccepted !== undefined) process.nextTick(onAccepted);
  }

  halfClose(): void {}

  read(): void {
    this.reads += 1;
  }

  cancel(status: Status): void {
    if (this.ended) {
      this.lateCancels += 1;
      return;
    }
    this.ended = true;
    this.cancelStatus = status;
    this.#onCancelled();
    process.nextTick(() => this.#receiver.onStatus(status, [], "transport"));
  }

  /** Answers one message. */
  answer(bytes: Uint8Array = Buffer.alloc(0)): void {
    this.#receiver.onMessage(bytes);
  }

  /** Ends the call as the service would. */
  end(status: Status = ok, trailers: MetadataEntries = []): void {
    this.ended = true;
    this.#receiver.onStatus(status, trailers);
  }
}

/** An upstream whose calls are answered by the test, so that it sees all that a gateway does with them. */
export class FakeUpstream implements Transport {
  readonly calls: FakeCall[] = [];
  readonly #waiting: ((call: FakeCall) => void)[] = [];

  start(call: TransportCall, receiver: CallReceiver): FakeCall {
    const started = new FakeCall(call, receiver);
    this.calls.push(started);
    // Not before `start` has returned.
    for (const resolve of this.#waiting.splice(0)) setImmediate(resolve, started);
    return started;
  }

  /** Resolves with the next call. */
  next(): Promise<FakeCall> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
