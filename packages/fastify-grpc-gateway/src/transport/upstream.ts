import type { Server } from "@grpc/grpc-js";
import type { FastifyBaseLogger } from "fastify";
import { createHttp2Transport } from "grpc-http2-client";
import type { Transport, TransportCall } from "grpc-transcoding";
import type { MessageLimits } from "grpc-transcoding/internal";
import { FST_GRPC_OPTION } from "../errors.ts";
import { createChannelTransport } from "./channel.ts";
import { closable } from "./closable.ts";
import { createInProcessTransport } from "./in-process.ts";
import type { OnHandlerError } from "./reporting-handler.ts";

import { remoteTransportOf, type UpstreamTarget } from "./upstream-target.ts";

/** Where calls go: a grpc.Server of this process, a target, or a transport of one's own. */
export type Upstream = Server | string | UpstreamTarget | Transport;

/** An upstream as the gateway uses it. */
export interface ResolvedUpstream {
  readonly transport: Transport;
  /** The server of this process, which native gRPC goes to directly. */
  readonly server: Server | undefined;
}

/**
 * Makes the transport of an upstream that was checked. Throws FST_GRPC_OPTION for a target, credentials or
 * certificates that the client refuses, and for options of both clients at once.
 */
export function resolveUpstream(
  upstream: Upstream,
  limits: MessageLimits,
  log: FastifyBaseLogger,
): ResolvedUpstream {
  if (typeof upstream === "string") return resolveTarget({ target: upstream }, limits, log);
  if (isServer(upstream)) {
    const onHandlerError: OnHandlerError = (error, path) => {
      log.error({ err: error, grpc: { method: path } }, "a gRPC handler threw");
    };
    const transport = createInProcessTransport(upstream, { ...limits, onHandlerError });
    return { transport, server: upstream };
  }
  if ("target" in upstream) return resolveTarget(upstream, limits, log);
  return { transport: closable(upstream), server: undefined };
}

function resolveTarget(
  upstream: UpstreamTarget,
  limits: MessageLimits,
  log: FastifyBaseLogger,
): ResolvedUpstream {
  const { target, transport: _, ...options } = upstream;
  const onUnavailable = (reason: string, call: TransportCall): void => {
    log.warn({ upstream: target, grpc: { method: call.method.path } }, `upstream: ${reason}`);
  };
  try {
    const { maxRequestBytes, maxResponseBytes } = limits;
    const all = {
      ...(maxRequestBytes !== undefined && { maxRequestBytes }),
      ...(maxResponseBytes !== undefined && { maxResponseBytes }),
      onUnavailable,
      ...options,
    };
    const transport =
      remoteTransportOf(upstream) === "grpc-js"
        ? createChannelTransport(target, all)
        : createHttp2Transport({ ...all, target });
    return { transport, server: undefined };
  } catch (error) {
    throw new FST_GRPC_OPTION(`option "upstream": ${(error as Error).message}`);
  }
}

function isServer(upstream: object): upstream is Server {
  const { addService, register } = upstream as Partial<Server>;
  return typeof addService === "function" && typeof register === "function";
}
