import type { ChannelCredentials, ChannelOptions, Server } from "@grpc/grpc-js";
import type { Transport } from "grpc-transcoding";
import type { Upstream, UpstreamTarget } from "../transport/upstream.ts";
import {
  anyOf,
  byteLimit,
  type Check,
  callable,
  having,
  record,
  text,
  wholeNumber,
} from "./checks.ts";

const target = text(
  'a gRPC target such as "library:50051"; it is no URL, and TLS comes by credentials',
  /^(?!https?:\/\/)./is,
);

const upstreamTarget = record<UpstreamTarget>("{ target, credentials, channelOptions }", {
  target,
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
  'a grpc.Server of this process, a target such as "library:50051" (no URL; TLS comes by credentials), { target, credentials, channelOptions }, or a Transport',
  target,
  having<Server>("a grpc.Server", { addService: "function", register: "function" }),
  having<Transport>("a Transport", { start: "function" }),
  upstreamTarget,
);
