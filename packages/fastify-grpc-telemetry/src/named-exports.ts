export * from "./errors.ts";
export type { AccessLogOptions } from "./log/access-log-settings.ts";
export type { MetricsOptions } from "./metrics/metrics-settings.ts";
export type { FastifyGrpcTelemetryOptions, TrustInboundTrace } from "./options.ts";
export type { GrpcTelemetry } from "./telemetry.ts";
