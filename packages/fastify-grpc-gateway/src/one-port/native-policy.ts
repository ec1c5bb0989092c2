import type { IncomingHttpHeaders } from "node:http2";
import type { RefusedStatus } from "./trailers-only.ts";

/** A native gRPC call before it reaches its server. */
export interface NativeCall {
  /** `"/package.Service/Method"`, as the server has it: policies must key on nothing else. */
  readonly path: string;
  /** The name under which the server was attached. */
  readonly name: string;
  readonly headers: IncomingHttpHeaders;
  /** The client's address without its port, `"unknown"` when it has gone. */
  readonly remoteAddress: string;
}

/** What becomes of a call: refused with a status, or passed on with other headers. Nothing: passed on as it is. */
export type NativeVerdict =
  | { readonly refuse: RefusedStatus }
  | { readonly headers: IncomingHttpHeaders }
  | undefined;

/**
 * Decides on native gRPC calls as the same policy does on REST requests in a Fastify hook. A policy
 * that throws or rejects refuses the call with INTERNAL.
 */
export type NativePolicy = (call: NativeCall) => NativeVerdict | Promise<NativeVerdict>;
