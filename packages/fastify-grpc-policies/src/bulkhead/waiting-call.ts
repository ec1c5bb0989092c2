import {
  type CallHandle,
  type CallReceiver,
  Code,
  deadlineExceeded,
  type Status,
  type Transport,
  type TransportCall,
  transportStatus,
} from "grpc-transcoding";
import { type Refusal, unavailable } from "../refusal/refused-call.ts";
import { AdmittedCall } from "./admitted-call.ts";
import type { Compartment, Waiting } from "./compartment.ts";

/** What clients are told who find no room. */
export const busyMessage = "the service has too many calls at once";

const retryMs = 1000;

/** The refusal of a call that finds no room. */
export function busy(): Refusal {
  return unavailable(busyMessage, retryMs);
}

const notStarted = transportStatus(Code.INTERNAL, "the call could not be started");

/** A call that waits for its turn: keeps what its caller does until it is admitted, gives up, or is cancelled. */
export class WaitingCall implements CallHandle, Waiting {
  readonly #compartment: Compartment;
  readonly #next: Transport;
  readonly #call: TransportCall;
  readonly #receiver: CallReceiver;
  readonly #timer: NodeJS.Timeout;
  /** What the caller has done; its messages are bounded, since none is accepted. */
  #held: ((handle: CallHandle) => void)[] = [];
  #handle: CallHandle | undefined;
  #isOver = false;

  constructor(
    compartment: Compartment,
    next: Transport,
    call: TransportCall,
    receiver: CallReceiver,
    maxWaitMs: number,
  ) {
    this.#compartment = compartment;
    this.#next = next;
    this.#call = call;
    this.#receiver = receiver;
    const leftMs = Math.max(0, call.deadline.at - Date.now());
    this.#timer = setTimeout(() => this.#giveUp(), Math.min(maxWaitMs, leftMs));
    this.#timer.unref();
  }

  admit(): void {
    clearTimeout(this.#timer);
    let handle: CallHandle;
    try {
      handle = new AdmittedCall(this.#compartment, this.#receiver).start(this.#next, this.#call);
    } catch {
      // It must not end the call that has made room for this one.
      this.#end({ status: notStarted, trailers: [] });
      return;
    }
    this.#handle = handle;
    const held = this.#held;
    this.#held = [];
    for (const act of held) act(handle);
  }

  send(bytes: Uint8Array, onAccepted?: () => void): void {
    this.#act((handle) => handle.send(bytes, onAccepted));
  }

  halfClose(): void {
    this.#act((handle) => handle.halfClose());
  }

  read(): void {
    this.#act((handle) => handle.read());
  }

  cancel(status: Status): void {
    if (this.#handle !== undefined) this.#handle.cancel(status);
    else this.#end({ status, trailers: [] });
  }

  #act(act: (handle: CallHandle) => void): void {
    if (this.#handle !== undefined) act(this.#handle);
    else if (!this.#isOver) this.#held.push(act);
  }

  #giveUp(): void {
    const { deadline } = this.#call;
    const isLate = Date.now() >= deadline.at;
    this.#end(isLate ? { status: deadlineExceeded(deadline), trailers: [] } : busy());
  }

  #end({ status, trailers }: Refusal): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#held = [];
    clearTimeout(this.#timer);
    this.#compartment.giveUp(this);
    process.nextTick(() => this.#receiver.onStatus(status, trailers, "transport"));
  }
}
