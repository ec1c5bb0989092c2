export type {
  ContextKey,
  HeaderRules,
  Interceptor,
  RouteExplanation,
  Schema,
  SchemaSource,
  Transport,
} from "grpc-transcoding";
export { contextKey, formatExplanation, loadSchema, refuse } from "grpc-transcoding";
export type { MessageLimits } from "grpc-transcoding/internal";
export type { CreateServerOptions } from "./create-server.ts";
export { createServer } from "./create-server.ts";
export type { GatewayGauges, GrpcGateway } from "./gateway/gateway-api.ts";
export type { GrpcBinding } from "./gateway/request-binding.ts";
export type { Policy, PolicyCall, Verdict } from "./guard/policies.ts";
export type { PathRequest, RpcRequest } from "./guard/request-rpc.ts";
export type { PathHandler } from "./mount/mounted-route.ts";
export type { TenantChoice, TenantRequest, TenantSelector } from "./mount/tenant-selector.ts";
export type { AttachedGrpcServer } from "./native/attach-grpc-server.ts";
export { attachGrpcServer } from "./native/attach-grpc-server.ts";
export type {
  OnePortOptions,
  PortGauges,
  PortSplit,
  PortSplitOptions,
} from "./one-port/port-split.ts";
export { portSplit } from "./one-port/port-split.ts";
export type { RefusedStatus } from "./one-port/trailers-only.ts";
export type {
  FastifyGrpcGatewayOptions,
  HealthOptions,
  StreamingOptions,
} from "./options/gateway-options.ts";
export type { PresetName } from "./options/preset.ts";
export type { TenantStatus } from "./tenants/tenant.ts";
export type { TenantOptions } from "./tenants/tenant-options.ts";
export type {
  DrainOptions,
  GatewayTenants,
  StopOptions,
  TenantChange,
} from "./tenants/tenant-routings.ts";
export type { CallChannel, ChannelTransportOptions } from "./transport/channel.ts";
export { createChannelTransport } from "./transport/channel.ts";
export type { InProcessTransportOptions } from "./transport/in-process.ts";
export { createInProcessTransport } from "./transport/in-process.ts";
export type { Upstream } from "./transport/upstream.ts";
export type { UpstreamTarget } from "./transport/upstream-target.ts";
