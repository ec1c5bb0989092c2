import { EventEmitter } from "node:events";
import type { Metadata } from "@grpc/grpc-js";
import type { AuthContext, TransportCall } from "grpc-transcoding";
import { discardedMetrics } from "./discarded-metrics.ts";

/** What a surface call asks of the call that it belongs to. */
export interface SurfaceOwner {
  readonly call: TransportCall;
  sendMetadata(metadata: Metadata): void;
}

/**
 * The `call` of a unary handler, with the members of grpc-js' ServerUnaryCall, for a call that never
 * was on HTTP/2.
 */
export class ServerSurfaceCall extends EventEmitter {
  cancelled = false;
  readonly metadata: Metadata;
  readonly request: unknown;
  readonly #owner: SurfaceOwner;

  constructor(owner: SurfaceOwner, metadata: Metadata, request: unknown) {
    super();
    this.#owner = owner;
    this.metadata = metadata;
    this.request = request;
  }

  sendMetadata(metadata: Metadata): void {
    this.#owner.sendMetadata(metadata);
  }

  getPeer(): string {
    return this.#owner.call.peer;
  }

  getDeadline(): number {
    return this.#owner.call.deadline.at;
  }

  getPath(): string {
    return this.#owner.call.method.path;
  }

  getHost(): string {
    return inProcessHost;
  }

  getAuthContext(): AuthContext {
    return this.#owner.call.authContext ?? {};
  }

  getMetricsRecorder(): typeof discardedMetrics {
    return discardedMetrics;
  }
}

/** What `getHost()` answers where no `:authority` was sent. */
export const inProcessHost = "in-process";
