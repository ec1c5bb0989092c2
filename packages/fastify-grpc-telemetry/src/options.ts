import {
  type AccessLogOptions,
  type AccessLogSettings,
  readAccessLog,
} from "./log/access-log-settings.ts";
import {
  type MetricsOptions,
  type MetricsSettings,
  readMetrics,
} from "./metrics/metrics-settings.ts";
import { read, readSwitch } from "./option/read.ts";

/**
 * What of a client's trace is believed. `"trace"`: its spans are parents of ours, its baggage is dropped. `true`: its
 * baggage goes on to the services as well. `false`: each call begins a trace of its own, with a link to the client's.
 */
export type TrustInboundTrace = boolean | "trace";

/** Options of the plugin. */
export interface FastifyGrpcTelemetryOptions {
  /** The names of the gateways that it is for. @default all of the app */
  readonly gateways?: readonly string[];
  /** Whether calls have spans, where an OpenTelemetry SDK is there. @default true */
  readonly traces?: boolean;
  /** @default "trace" */
  readonly trustInboundTrace?: TrustInboundTrace;
  /** Metrics go to an OpenTelemetry SDK where one is there, and to a page for Prometheus by its `path`. @default true */
  readonly metrics?: boolean | MetricsOptions;
  /** Whether each call has a line in the log, in place of the gateway's. @default false */
  readonly accessLog?: boolean | AccessLogOptions;
}

/** Options that were read. */
export interface ResolvedOptions {
  readonly gateways: readonly string[] | undefined;
  readonly traces: boolean;
  readonly trustInboundTrace: TrustInboundTrace;
  readonly metrics: MetricsSettings | undefined;
  readonly accessLog: AccessLogSettings | undefined;
}

const optionKeys = ["gateways", "traces", "trustInboundTrace", "metrics", "accessLog"] as const;

/** Reads options. Throws FST_GRPC_TELEMETRY_*. */
export function resolveOptions(options: FastifyGrpcTelemetryOptions): ResolvedOptions {
  const given = read.plugin(options, optionKeys);
  const { gateways, traces = true, trustInboundTrace = "trace", metrics, accessLog } = given;
  return {
    gateways: read.optional(gateways, "gateways", readTexts),
    traces: read.boolean(traces, "traces"),
    trustInboundTrace: readSwitch(trustInboundTrace, "trustInboundTrace", "trace"),
    metrics: readMetrics(metrics),
    accessLog: readAccessLog(accessLog),
  };
}

const readTexts = (value: unknown, path: string): readonly string[] =>
  read.list(value, path, read.text);
