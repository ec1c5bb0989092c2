/**
 * What grpc-js knows of a call and does not report: the HTTP status, the trailers, and whether a status came of the
 * stream's end. Its RetryingCall drops the last. Private members, unchanged from 1.10 to 1.14.7; a channel of
 * another version may lack them, so that every user of them must do without.
 */
import { type ClientHttp2Stream, constants } from "node:http2";
import { addAbortSignal } from "node:stream";
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
  readonly configReceivedTime?: Date | number | null;
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

/**
 * Whether nothing of a call that has ended can have reached a service: no attempt had a stream, or the server has refused
 * it, which it does before any processing (RFC 9113, section 8.7). False where that cannot be told.
 */
export function neverLeft(call: GrpcCall): boolean {
  const { child, configReceivedTime } = call as unknown as ResolvingCall;
  // Null until names are resolved; in the turn in which they are, grpc-js goes on with a call that has ended.
  if (child === null) return configReceivedTime === null;
  return (
    child?.underlyingCalls?.every(({ call: underlying }) => {
      const attempt = underlying === undefined ? undefined : underlying.child;
      return attempt === null || attempt?.finalStatus?.rstCode === constants.NGHTTP2_REFUSED_STREAM;
    }) ?? false
  );
}

/**
 * Lets a call that is cancelled reset its streams, as they are open by now. grpc-js closes them by `close`, with which Node
 * ends the request's messages before it resets: the service would take what came so far for all of them.
 */
export function resetWhenCancelled(call: GrpcCall): void {
  for (const { call: underlying } of (call as unknown as ResolvingCall).child?.underlyingCalls ??
    []) {
    const stream = underlying?.child?.http2Stream;
    if (stream === undefined || Object.hasOwn(stream, "close")) continue;
    stream.close = (...args) => {
      if (stream.writableEnded) Object.getPrototypeOf(stream).close.apply(stream, args);
      else addAbortSignal(AbortSignal.abort(), stream);
    };
  }
}
