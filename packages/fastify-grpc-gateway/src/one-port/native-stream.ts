import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";

/** A native gRPC call as it came off the port. */
export interface NativeStream {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  readonly flags: number;
  readonly rawHeaders: readonly string[];
}

/**
 * Lets a native call pass to its server with the headers that it has by then, or answers it. Whatever it
 * does, it does exactly one of the two.
 */
export type AdmitNative = (
  call: NativeStream,
  pass: (headers: IncomingHttpHeaders) => void,
) => void;
