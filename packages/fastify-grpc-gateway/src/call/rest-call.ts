import type { FastifyReply, FastifyRequest } from "fastify";
import type { MetadataChanges } from "grpc-transcoding/internal";
import type { RpcRoute } from "../mount/mounted-route.ts";
import type { ResponseMask } from "../rest/response-masks.ts";
import type { CallRuntime } from "./call-runtime.ts";

/** A request that calls a method, and all that its call needs. */
export interface RestCall {
  readonly runtime: CallRuntime;
  readonly route: RpcRoute;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** The values of the path's variables. */
  readonly captures: readonly string[];
  /** What policies have changed of the call's metadata. */
  readonly changes: MetadataChanges | undefined;
  /** Which fields of the response the client wants; undefined for all. */
  readonly mask: ResponseMask | undefined;
}
