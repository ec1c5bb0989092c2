import type { Metadata } from "@grpc/grpc-js";
import {
  type CallOrigin,
  type CallReceiver,
  deadlineExceeded,
  type MetadataEntries,
  type Status,
  type TransportCall,
} from "grpc-transcoding";
import { exceeds, type ResolvedLimits, requestTooLarge } from "grpc-transcoding/internal";
import type { RegisteredHandler } from "../grpc-js/internals.ts";
import { asBuffer } from "./as-buffer.ts";
import { armDeadline } from "./deadline-timer.ts";
import { fromGrpcMetadata } from "./grpc-metadata.ts";
import type { LiveCall, LiveCalls } from "./live-calls.ts";
import { undecodable } from "./server-call-status.ts";

/** How far a call has come. It only goes forward; it may leave out states, and end in any. */
export const CallState = {
  /** Its handler has not been called. */
  waiting: 0,
  /** Its handler has been called, and has said nothing. */
  called: 1,
  /** The caller has the headers, and no message is there. */
  headed: 2,
  /** The handler has given a message, and no status. */
  responding: 3,
  /** The handler has given its status, which waits until the caller has read the messages before it. */
  answered: 4,
  /** The status is reported, or will be in the next tick; nothing else is. */
  ended: 5,
} as const;
export type CallState = (typeof CallState)[keyof typeof CallState];

/**
 * What calls in this process have in common, whatever runs their handlers: the way through the states, and
 * what is checked on it.
 */
export abstract class InProcessLifecycle implements LiveCall {
  place = -1;
  readonly call: TransportCall;
  protected readonly handler: RegisteredHandler;
  protected readonly metadata: Metadata;
  protected readonly receiver: CallReceiver;
  protected readonly limits: ResolvedLimits;
  protected readonly live: LiveCalls;
  protected state: CallState = CallState.waiting;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    handler: RegisteredHandler,
    call: TransportCall,
    metadata: Metadata,
    receiver: CallReceiver,
    limits: ResolvedLimits,
    live: LiveCalls,
  ) {
    this.handler = handler;
    this.call = call;
    this.metadata = metadata;
    this.receiver = receiver;
    this.limits = limits;
    this.live = live;
    if (call.timing.refused !== undefined) call.timing.refused = undefined;
  }

  protected get hasEnded(): boolean {
    return this.state === CallState.ended;
  }

  abstract send(bytes: Uint8Array, onAccepted?: () => void): void;
  abstract halfClose(): void;
  abstract read(): void;

  /** Lets go of what only a running call needs, and tells the handler that its call has ended. */
  protected abstract release(): void;

  cancel(status: Status): void {
    if (this.hasEnded) return;
    this.close();
    // Reported later, so that no report comes inside the call that asked for it.
    process.nextTick(() => this.receiver.onStatus(status, [], "transport"));
  }

  onDeadline(): void {
    this.end(deadlineExceeded(this.call.deadline), [], "transport");
  }

  /** The handler's headers, which it may give once and before its first message. */
  sendMetadata(metadata: Metadata): void {
    if (this.state >= CallState.headed) return;
    this.state = CallState.headed;
    this.receiver.onHeaders(fromGrpcMetadata(metadata));
  }

  /** Takes a response message into account, before it is reported: headers come first. */
  protected respond(state: typeof CallState.responding | typeof CallState.answered): void {
    const before = this.state;
    this.state = state;
    if (before < CallState.headed) this.receiver.onHeaders([]);
  }

  /** The message for the handler; ends the call where the bytes are none. */
  protected decode(bytes: Uint8Array): unknown {
    try {
      return this.handler.deserialize(asBuffer(bytes));
    } catch {
      this.end(undecodable, [], "service");
      return undefined;
    }
  }

  /** Ends a call whose request message is too large. */
  protected refuses(bytes: Uint8Array): boolean {
    const { maxRequestBytes } = this.limits;
    if (!exceeds(bytes.length, maxRequestBytes)) return false;
    this.end(requestTooLarge(maxRequestBytes), [], "transport");
    return true;
  }

  /** Ends a call whose time is over before it has begun. */
  protected isLate(): boolean {
    if (this.call.deadline.at > Date.now()) return false;
    this.onDeadline();
    return true;
  }

  protected watchDeadline(): void {
    this.timer = armDeadline(this.call.deadline, this);
  }

  protected end(status: Status, trailers: MetadataEntries, origin: CallOrigin): void {
    if (this.hasEnded) return;
    this.close();
    this.receiver.onStatus(status, trailers, origin);
  }

  private close(): void {
    if (this.state === CallState.waiting) this.call.timing.refused = performance.now();
    this.state = CallState.ended;
    if (this.timer !== undefined) clearTimeout(this.timer);
    this.live.delete(this);
    this.release();
  }
}
