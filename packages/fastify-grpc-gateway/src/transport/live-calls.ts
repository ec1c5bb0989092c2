import { type CallHandle, transportClosed } from "grpc-transcoding";

/** The calls of one transport that have not ended, so that closing it can end them. */
export class LiveCalls {
  private readonly calls = new Set<CallHandle>();
  private isClosed = false;

  get closed(): boolean {
    return this.isClosed;
  }

  add(call: CallHandle): void {
    this.calls.add(call);
  }

  delete(call: CallHandle): void {
    this.calls.delete(call);
  }

  /** Ends every call with UNAVAILABLE. */
  close(): void {
    this.isClosed = true;
    for (const call of this.calls) call.cancel(transportClosed);
  }
}
