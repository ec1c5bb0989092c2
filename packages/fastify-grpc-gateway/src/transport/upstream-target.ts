import type { Http2TransportOptions } from "grpc-http2-client";
import type { MessageLimits } from "grpc-transcoding/internal";
import type { ChannelTransportOptions } from "./channel.ts";

/** A client for services elsewhere. */
export type RemoteTransport = "http2" | "grpc-js";

type OwnClientOptions = Omit<
  Http2TransportOptions,
  "target" | "onUnavailable" | keyof MessageLimits
>;

/** A gRPC server elsewhere. */
export interface UpstreamTarget extends ChannelTransportOptions, OwnClientOptions {
  /** `"library:50051"`, `"dns:///library:50051"`, `"unix:/run/library.sock"`; with grpc-js whatever that takes. */
  readonly target: string;
  /**
   * Which client carries the calls: this project's own over HTTP/2, or a channel of grpc-js.
   * @default "grpc-js" where `credentials`, `channelOptions`, `serviceConfig`, `channels` or an `xds:` target ask for it, else "http2"
   */
  readonly transport?: RemoteTransport;
}

const ofGrpcJs = ["credentials", "channelOptions", "serviceConfig", "channels"] as const;

const ofHttp2 = [
  "tls",
  "authority",
  "userAgent",
  "balancing",
  "maxConnections",
  "connectTimeoutMs",
  "idleMs",
  "maxAgeMs",
  "keepaliveMs",
  "keepaliveTimeoutMs",
  "keepaliveWithoutCalls",
  "backoff",
] as const;

/** The client that an upstream asks for, by hand or by its options. Throws an Error for options of the other one. */
export function remoteTransportOf(upstream: UpstreamTarget): RemoteTransport {
  const isGiven = (name: keyof UpstreamTarget) => upstream[name] !== undefined;
  const needed = ofGrpcJs.find(isGiven);
  const isXds = /^xds:/i.test(upstream.target);
  const chosen = upstream.transport ?? (needed !== undefined || isXds ? "grpc-js" : "http2");
  const misplaced = chosen === "grpc-js" ? ofHttp2.find(isGiven) : needed;
  if (misplaced === undefined) return chosen;
  const other = chosen === "grpc-js" ? "http2" : "grpc-js";
  const why = upstream.transport === undefined ? ` (because of "${needed ?? "xds:"}")` : "";
  throw new Error(
    `"${misplaced}" is an option of transport "${other}", and the transport is "${chosen}"${why}`,
  );
}
