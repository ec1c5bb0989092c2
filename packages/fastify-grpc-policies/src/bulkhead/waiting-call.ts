import { deadlineExceeded } from "grpc-transcoding";
import { type Refusal, unavailable } from "../refusal/refused-call.ts";
import { AdmittedCall } from "./admitted-call.ts";
import type { Compartment, Waiting } from "./compartment.ts";
import { HeldCall, type HeldStart } from "./held-call.ts";

/** What clients are told who find no room. */
export const busyMessage = "the service has too many calls at once";

const retryMs = 1000;

/** The refusal of a call that finds no room. */
export function busy(): Refusal {
  return unavailable(busyMessage, retryMs);
}

/** A call that waits for its turn, until it is admitted, gives up, or is cancelled. Its messages are bounded, since none is accepted. */
export class WaitingCall extends HeldCall implements Waiting {
  readonly #compartment: Compartment;

  constructor(compartment: Compartment, parts: HeldStart, maxWaitMs: number) {
    super(parts);
    this.#compartment = compartment;
    const leftMs = Math.max(0, parts.call.deadline.at - Date.now());
    this.after(Math.min(maxWaitMs, leftMs), () => this.#giveUp());
  }

  admit(): void {
    this.run(({ next, call, receiver }) =>
      new AdmittedCall(this.#compartment, receiver).start(next, call),
    );
  }

  protected override end(refusal: Refusal): void {
    this.#compartment.giveUp(this);
    super.end(refusal);
  }

  #giveUp(): void {
    const { deadline } = this.parts.call;
    const isLate = Date.now() >= deadline.at;
    this.end(isLate ? { status: deadlineExceeded(deadline), trailers: [] } : busy());
  }
}
