import type { ChannelCredentials, ChannelOptions, Server } from "@grpc/grpc-js";
import type { TlsOptions } from "grpc-http2-client";
import type { Transport } from "grpc-transcoding";
import type { Upstream } from "../transport/upstream.ts";
import type { UpstreamTarget } from "../transport/upstream-target.ts";
import {
  anyOf,
  boolean,
  byteLimit,
  type Check,
  callable,
  having,
  oneOf,
  positive,
  record,
  text,
  wholeNumber,
} from "./checks.ts";

const target = text(
  'a gRPC target such as "library:50051"; it is no URL, and TLS comes by { target, tls }',
  /^(?!https?:\/\/)./is,
);

const upstreamTarget = record<UpstreamTarget>("{ target, tls, … }, see docs/transports.md", {
  target,
  transport: oneOf("http2", "grpc-js"),
  tls: anyOf(
    "true, false or { ca, cert, key, caFile, certFile, keyFile, serverName }",
    boolean,
    having<TlsOptions>("an object", {}),
  ),
  authority: text(),
  userAgent: text(),
  balancing: oneOf("pick_first", "round_robin"),
  maxConnections: wholeNumber({ least: 1 }),
  connectTimeoutMs: positive,
  idleMs: positive,
  maxAgeMs: positive,
  keepaliveMs: positive,
  keepaliveTimeoutMs: positive,
  keepaliveWithoutCalls: boolean,
  backoff: having<object>("{ initialMs, maxMs }", {}),
  credentials: having<ChannelCredentials>("ChannelCredentials of @grpc/grpc-js", {}),
  channelOptions: having<ChannelOptions>("an object of channel options of grpc-js", {}),
  serviceConfig: anyOf(
    "a gRPC service config, as JSON or as the object",
    text(),
    having("an object", {}),
  ),
  channels: wholeNumber({ least: 1 }),
  onUnavailable: callable("a function of the reason and the call"),
  maxRequestBytes: byteLimit,
  maxResponseBytes: byteLimit,
});

/** Where calls go. A server and a transport are told by shape, since an app may load two copies of grpc-js. */
export const upstream: Check<Upstream> = anyOf(
  'a grpc.Server of this process, a target such as "library:50051" (no URL; TLS comes by { target, tls }), { target, … }, or a Transport',
  target,
  having<Server>("a grpc.Server", { addService: "function", register: "function" }),
  having<Transport>("a Transport", { start: "function" }),
  upstreamTarget,
);
