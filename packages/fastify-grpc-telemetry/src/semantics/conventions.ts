/**
 * Names of OpenTelemetry's semantic conventions, version 1.45.0
 * (https://github.com/open-telemetry/semantic-conventions/tree/v1.45.0/docs: http/http-spans.md, http/http-metrics.md,
 * rpc/rpc-spans.md, rpc/rpc-metrics.md, rpc/grpc.md), where those of RPC are stable; and our own, `grpc_gateway.*`.
 */
export const HTTP_REQUEST_METHOD = "http.request.method";
export const HTTP_ROUTE = "http.route";
export const HTTP_STATUS_CODE = "http.response.status_code";
export const URL_PATH = "url.path";
export const URL_SCHEME = "url.scheme";
export const PROTOCOL_VERSION = "network.protocol.version";
export const CLIENT_ADDRESS = "client.address";
export const SERVER_ADDRESS = "server.address";
export const SERVER_PORT = "server.port";
export const USER_AGENT = "user_agent.original";
export const ERROR_TYPE = "error.type";
/** `"grpc"`. */
export const RPC_SYSTEM_NAME = "rpc.system.name";
/** `"package.Service/Method"`, or {@link OTHER}. */
export const RPC_METHOD = "rpc.method";
/** What a client wrote in place of a method that is known. */
export const RPC_METHOD_ORIGINAL = "rpc.method_original";
/** `"NOT_FOUND"`; `rpc.response.status_code` up to version 1.44. */
export const RPC_STATUS_CODE = "rpc.status_code";

/** Those of RPC up to version 1.37.0, for `OTEL_SEMCONV_STABILITY_OPT_IN=rpc/dup`. */
export const OLD_RPC_SYSTEM = "rpc.system";
export const OLD_RPC_SERVICE = "rpc.service";
/** A number. */
export const OLD_RPC_STATUS_CODE = "rpc.grpc.status_code";

export const GATEWAY_NAME = "grpc_gateway.name";
/** `"http"` or `"grpc"`. */
export const GATEWAY_PROTOCOL = "grpc_gateway.protocol";
export const GATEWAY_TENANT = "grpc_gateway.tenant";
/** `"in"`: what clients send; `"out"`: what they get. */
export const GATEWAY_DIRECTION = "grpc_gateway.direction";
export const GATEWAY_EVENT = "grpc_gateway.event";
/** Of attempts after the first, which is 1. */
export const GATEWAY_ATTEMPT = "grpc_gateway.attempt";

/** A value that a client chose, and that nobody knows. */
export const OTHER = "_OTHER";

/**
 * Whether the old names of RPC are wanted beside the new ones. The new ones are the default: `rpc` changes nothing
 * (rpc/README.md).
 */
export function wantsOldNames(optIn: string | undefined): boolean {
  return (optIn ?? "").split(",").some((entry) => entry.trim() === "rpc/dup");
}
