import type { Server } from "@grpc/grpc-js";
import type { Transport } from "grpc-transcoding";
import { FST_GRPC_OPTION } from "./errors.ts";
import { type ChannelTransportOptions, createChannelTransport } from "./transport/channel.ts";
import { createInProcessTransport } from "./transport/in-process.ts";
import type { MessageLimits } from "./transport/message-limits.ts";

/** A gRPC server to reach by grpc-js channels. */
export interface UpstreamTarget extends ChannelTransportOptions {
  /** As grpc-js takes it: `"library:50051"`, `"dns:///library:50051"`, `"unix:/run/library.sock"`. */
  readonly target: string;
}

/** Where calls go: a grpc.Server of this process, a target, or a transport of one's own. */
export type Upstream = Server | string | UpstreamTarget | Transport;

/** An upstream as the gateway uses it. */
export interface ResolvedUpstream {
  readonly transport: Transport;
  /** The server of this process, which native gRPC goes to directly. */
  readonly server: Server | undefined;
}

/** Makes the transport of an upstream. Recognises a grpc.Server by shape, since an app may load two copies of grpc-js. */
export function resolveUpstream(upstream: Upstream, limits: MessageLimits): ResolvedUpstream {
  if (typeof upstream === "string") {
    return { transport: createChannelTransport(upstream, limits), server: undefined };
  }
  if (typeof upstream !== "object" || upstream === null) throw badUpstream(upstream);
  if (isServer(upstream)) {
    return { transport: createInProcessTransport(upstream, limits), server: upstream };
  }
  if ("target" in upstream) {
    const { target, ...options } = upstream;
    return {
      transport: createChannelTransport(target, { ...limits, ...options }),
      server: undefined,
    };
  }
  if ("start" in upstream && typeof upstream.start === "function") {
    return { transport: upstream, server: undefined };
  }
  throw badUpstream(upstream);
}

function isServer(upstream: object): upstream is Server {
  const { addService, register } = upstream as Partial<Server>;
  return typeof addService === "function" && typeof register === "function";
}

function badUpstream(value: unknown): Error {
  const found = value === null ? "null" : typeof value;
  return new FST_GRPC_OPTION(
    `option "upstream" must be a grpc.Server of this process, a target such as "library:50051", { target, credentials, channelOptions }, or a Transport; got ${found}`,
  );
}
