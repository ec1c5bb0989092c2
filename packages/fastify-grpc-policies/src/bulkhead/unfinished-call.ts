import { deadlineExceeded } from "grpc-transcoding";
import { HeldCall, type HeldStart } from "./held-call.ts";

// Node's timers take no more.
const maxTimerMs = 2 ** 31 - 1;

// Of a method that takes one message: with two of them the upstream sees that there are too many.
const maxMessages = 2;

/**
 * A call whose request is not complete: it starts when it is. A client may take as long as it likes to send its request,
 * and must not have a place among those that run for that.
 */
export class UnfinishedCall extends HeldCall {
  #messages = 0;

  constructor(parts: HeldStart) {
    super(parts);
    const { deadline } = parts.call;
    const leftMs = Math.max(0, deadline.at - Date.now());
    if (leftMs > maxTimerMs) return;
    this.after(leftMs, () => this.end({ status: deadlineExceeded(deadline), trailers: [] }));
  }

  override send(bytes: Uint8Array, onAccepted?: () => void): void {
    this.#messages += 1;
    if (this.#messages <= maxMessages) super.send(bytes);
    // Who waits to send learns of the end of the request only then.
    if (onAccepted !== undefined) process.nextTick(onAccepted);
  }

  override halfClose(): void {
    super.halfClose();
    if (this.isHeld) this.run(({ next, call, receiver }) => next.start(call, receiver));
  }
}
