import type { TransportCall } from "grpc-transcoding";
import type { ResolvedLimits } from "grpc-transcoding/internal";

/** What a call asks of the connection that it is on, or that it waits for. */
export interface StreamHost<Stream> {
  /** The call has something to send. */
  touch(stream: Stream): void;
  /** The call is over before the peer ended it: RST_STREAM, where the peer knows of it. */
  abandon(stream: Stream, errorCode: number): void;
  /** The peer has ended the call. */
  complete(stream: Stream): void;
  /** The receiver took this much: the peer may send as much again. */
  grant(stream: Stream, bytes: number): void;
}

/** What calls share of their transport. */
export interface CallOwner<Stream> {
  readonly limits: ResolvedLimits;
  /** The call has ended. */
  onEnd(stream: Stream): void;
  /** Why it ended without a status of the service, in words for the operator. */
  onUnavailable(reason: string, call: TransportCall): void;
}
