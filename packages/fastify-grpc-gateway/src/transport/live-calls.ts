import { type CallHandle, transportClosed } from "grpc-transcoding";

/** A call with its place in {@link LiveCalls}, -1 for none. */
export interface LiveCall extends CallHandle {
  place: number;
}

/**
 * The calls of one transport that have not ended, so that closing it can end them. An array with places, not a
 * Set: a Set that is added to and deleted from in turn leaves a chain of old tables, through which the
 * garbage collector keeps calls that have ended (measured: four times the cost of a call).
 */
export class LiveCalls {
  private readonly calls: LiveCall[] = [];
  private isClosed = false;

  get closed(): boolean {
    return this.isClosed;
  }

  add(call: LiveCall): void {
    call.place = this.calls.length;
    this.calls.push(call);
  }

  delete(call: LiveCall): void {
    if (call.place < 0) return;
    const last = this.calls.pop();
    if (last !== undefined && last !== call) {
      this.calls[call.place] = last;
      last.place = call.place;
    }
    call.place = -1;
  }

  /** Ends every call with UNAVAILABLE. */
  close(): void {
    this.isClosed = true;
    for (const call of [...this.calls]) call.cancel(transportClosed);
  }
}
