import {
  ERROR_TYPE,
  GATEWAY_DIRECTION,
  GATEWAY_EVENT,
  GATEWAY_NAME,
  GATEWAY_PROTOCOL,
  GATEWAY_TENANT,
  HTTP_REQUEST_METHOD,
  HTTP_ROUTE,
  HTTP_STATUS_CODE,
  OLD_RPC_SERVICE,
  OLD_RPC_STATUS_CODE,
  OLD_RPC_SYSTEM,
  RPC_METHOD,
  RPC_STATUS_CODE,
  RPC_SYSTEM_NAME,
  URL_SCHEME,
} from "../semantics/conventions.ts";

/** One metric: what it is called, what it counts, and what its values are told apart by. */
export interface Instrument {
  /** In OpenTelemetry's style. */
  readonly name: string;
  readonly kind: "histogram" | "counter" | "gauge";
  /** By UCUM, as OpenTelemetry has units. */
  readonly unit: string;
  readonly description: string;
  readonly attributes: readonly string[];
  /** The upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
}

// http/http-metrics.md and rpc/rpc-metrics.md.
const seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const milliseconds = seconds.map((bound) => bound * 1000);

const rpcAttributes = [RPC_SYSTEM_NAME, RPC_METHOD, RPC_STATUS_CODE, ERROR_TYPE];
const oldRpcAttributes = [OLD_RPC_SYSTEM, OLD_RPC_SERVICE, RPC_METHOD, OLD_RPC_STATUS_CODE];

/** Whole requests of HTTP, hooks and bodies included. */
export const httpDuration: Instrument = {
  name: "http.server.request.duration",
  kind: "histogram",
  unit: "s",
  description: "How long HTTP requests to gateways took.",
  attributes: [HTTP_REQUEST_METHOD, HTTP_ROUTE, HTTP_STATUS_CODE, URL_SCHEME, ERROR_TYPE],
  buckets: seconds,
};

/** Native calls, hooks included. */
export const rpcServerDuration: Instrument = {
  name: "rpc.server.call.duration",
  kind: "histogram",
  unit: "s",
  description: "How long native gRPC calls to gateways took.",
  attributes: rpcAttributes,
  buckets: seconds,
};

/** Attempts of calls, of any protocol, on transports. */
export const rpcClientDuration: Instrument = {
  name: "rpc.client.call.duration",
  kind: "histogram",
  unit: "s",
  description: "How long calls of gateways to services took, each attempt by itself.",
  attributes: rpcAttributes,
  buckets: seconds,
};

/** As instrumentations had them before the names were stable. */
export const oldRpcServerDuration: Instrument = {
  name: "rpc.server.duration",
  kind: "histogram",
  unit: "ms",
  description: "How long native gRPC calls to gateways took.",
  attributes: oldRpcAttributes,
  buckets: milliseconds,
};
export const oldRpcClientDuration: Instrument = {
  name: "rpc.client.duration",
  kind: "histogram",
  unit: "ms",
  description: "How long calls of gateways to services took, each attempt by itself.",
  attributes: oldRpcAttributes,
  buckets: milliseconds,
};

/** Sums, not histograms: each measurement of one costs an SDK as much as transcoding a small message does. */
export const transcodeTime: Instrument = {
  name: "grpc_gateway.transcode.time",
  kind: "counter",
  unit: "s",
  description: "Time spent to turn JSON into protobuf (in), and protobuf into JSON (out).",
  attributes: [GATEWAY_DIRECTION, RPC_METHOD],
};

export const messages: Instrument = {
  name: "grpc_gateway.messages",
  kind: "counter",
  unit: "{message}",
  description: "Messages from clients (in) and to them (out).",
  attributes: [GATEWAY_DIRECTION, RPC_METHOD],
};

export const messageBytes: Instrument = {
  name: "grpc_gateway.message.io",
  kind: "counter",
  unit: "By",
  description: "Protobuf bytes of the messages from clients (in) and to them (out).",
  attributes: [GATEWAY_DIRECTION, RPC_METHOD],
};

export const calls: Instrument = {
  name: "grpc_gateway.calls",
  kind: "counter",
  unit: "{call}",
  description: "Calls that have ended.",
  attributes: [GATEWAY_NAME, GATEWAY_PROTOCOL, GATEWAY_TENANT, RPC_METHOD, RPC_STATUS_CODE],
};

export const activeCalls: Instrument = {
  name: "grpc_gateway.active_calls",
  kind: "gauge",
  unit: "{call}",
  description: "Calls that have not ended, streams among them.",
  attributes: [GATEWAY_NAME, GATEWAY_PROTOCOL],
};

export const events: Instrument = {
  name: "grpc_gateway.events",
  kind: "counter",
  unit: "{event}",
  description: "What has happened in gateways and their plugins: reload, breaker-open, and others.",
  attributes: [GATEWAY_NAME, GATEWAY_EVENT],
};
