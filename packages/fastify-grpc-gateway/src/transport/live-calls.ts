import { type CallHandle, transportClosed } from "grpc-transcoding";
import { LiveList, type Placed } from "../live/live-list.ts";

/** A call that can be ended with its transport. */
export interface LiveCall extends CallHandle, Placed {}

/** The calls of one transport that have not ended, so that closing it can end them. */
export class LiveCalls extends LiveList<LiveCall> {
  private isClosed = false;

  get closed(): boolean {
    return this.isClosed;
  }

  /** Ends every call with UNAVAILABLE. */
  close(): void {
    this.isClosed = true;
    for (const call of this) call.cancel(transportClosed);
  }
}
