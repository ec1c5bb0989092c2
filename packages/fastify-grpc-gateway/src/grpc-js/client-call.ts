/**
 * What grpc-js knows of a call and does not report: the HTTP status, the trailers, and whether a status came of the
 * stream's end. Its RetryingCall drops the last. Private members, unchanged from 1.10 to 1.14.7; a channel of
 * another version may lack them, so that every user of them must do without.
 */
import type { ClientHttp2Stream } from "node:http2";
import type { Channel } from "@grpc/grpc-js";

/** A call of a grpc-js Channel. */
export type GrpcCall = ReturnType<Channel["createCall"]>;

/** The attempt of a call that counts, over one HTTP/2 stream: `Http2SubchannelCall`. */
export interface CallAttempt {
  /** Undefined until an answer has come. */
  readonly httpStatusCode?: number;
  readonly http2Stream?: ClientHttp2Stream;
  /** With `rstCode`, the HTTP/2 error code, where the stream's end made the status. */
  readonly finalStatus?: { readonly rstCode?: number } | null;
}

interface ResolvingCall {
  readonly child?: {
    readonly underlyingCalls?: readonly {
      readonly call?: { readonly child?: CallAttempt | null };
    }[];
    readonly committedCallIndex?: number | null;
  } | null;
}

/** The attempt that a call is committed to: from its headers on, and when it has ended by itself. */
export function attemptOf(call: GrpcCall): CallAttempt | undefined {
  const retrying = (call as unknown as ResolvingCall).child;
  return retrying?.underlyingCalls?.[retrying.committedCallIndex ?? -1]?.call?.child ?? undefined;
}
