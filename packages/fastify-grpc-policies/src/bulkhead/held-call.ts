import {
  type CallHandle,
  type CallReceiver,
  Code,
  type Status,
  type Transport,
  type TransportCall,
  transportStatus,
} from "grpc-transcoding";
import type { Refusal } from "../refusal/refused-call.ts";

const notStarted = transportStatus(Code.INTERNAL, "the call could not be started");

/** How a call starts once it may. */
export interface HeldStart {
  readonly next: Transport;
  readonly call: TransportCall;
  readonly receiver: CallReceiver;
  /** Told what `next` throws, which ends the call as INTERNAL. */
  onError(error: unknown): void;
}

/** A call that is not started yet: keeps what its caller does until it is. */
export abstract class HeldCall implements CallHandle {
  protected readonly parts: HeldStart;
  #held: ((handle: CallHandle) => void)[] = [];
  #handle: CallHandle | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(parts: HeldStart) {
    this.parts = parts;
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
    else this.end({ status, trailers: [] });
  }

  protected get isHeld(): boolean {
    return this.#handle === undefined && !this.#isOver;
  }

  /** Does something unless it has begun to run or ended by then. */
  protected after(ms: number, act: () => void): void {
    this.#timer = setTimeout(act, ms);
    this.#timer.unref();
  }

  /** From now on it runs, and what its caller has done is done. What `start` throws ends this call, and no other. */
  protected run(start: (parts: HeldStart) => CallHandle): void {
    clearTimeout(this.#timer);
    let handle: CallHandle;
    try {
      handle = start(this.parts);
    } catch (error) {
      this.parts.onError(error);
      this.end({ status: notStarted, trailers: [] });
      return;
    }
    this.#handle = handle;
    const held = this.#held;
    this.#held = [];
    for (const act of held) act(handle);
  }

  /** It ends without having run. */
  protected end({ status, trailers }: Refusal): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.parts.call.timing.refused = performance.now();
    this.#held = [];
    clearTimeout(this.#timer);
    process.nextTick(() => this.parts.receiver.onStatus(status, trailers, "transport"));
  }

  #act(act: (handle: CallHandle) => void): void {
    if (this.#handle !== undefined) act(this.#handle);
    else if (!this.#isOver) this.#held.push(act);
  }
}
