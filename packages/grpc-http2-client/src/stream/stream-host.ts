import type { CallStream } from "./call-stream.ts";

/** What a call asks of the connection that it is on, or that it waits for. */
export interface StreamHost {
  /** The call has something to send. */
  touch(stream: CallStream): void;
  /** The call is over before the peer ended it: RST_STREAM, where the peer knows of it. */
  abandon(stream: CallStream, errorCode: number): void;
  /** The peer has ended the call. */
  complete(stream: CallStream): void;
  /** The receiver took this much: the peer may send as much again. */
  grant(stream: CallStream, bytes: number): void;
}
