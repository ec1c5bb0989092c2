import { read } from "../option/read.ts";

/** How metrics are kept and shown. */
export interface MetricsOptions {
  /** The path of a page for Prometheus, below the prefix of the plugin's scope, whose hooks guard it. Needs prom-client. @default none */
  readonly path?: string;
  /** Whether they are kept for a page without a path of ours: `app.grpcTelemetry.page()`, for another listener. @default by `path` */
  readonly prometheus?: boolean;
  /** Tenants that may stand in labels, beside those that a gateway has been told of; all others are `_OTHER`. @default [] */
  readonly tenants?: readonly string[];
}

/** Options that were read. */
export interface MetricsSettings {
  readonly path: string | undefined;
  readonly prometheus: boolean;
  readonly tenants: readonly string[];
}

/** Reads the option `metrics`; undefined: there are none. Throws FST_GRPC_TELEMETRY_*. */
export function readMetrics(value: unknown): MetricsSettings | undefined {
  if (value === false) return undefined;
  if (value === undefined || value === true) {
    return { path: undefined, prometheus: false, tenants: [] };
  }
  const keys = ["path", "prometheus", "tenants"];
  const {
    path,
    prometheus = path !== undefined,
    tenants = [],
  } = read.object(value, "metrics", keys);
  if (prometheus === false && path !== undefined) {
    throw read.refusal(
      "metrics.prometheus",
      prometheus,
      "leave metrics.path out as well, or give true",
    );
  }
  return {
    path: read.optional(path, "metrics.path", readPath),
    prometheus: read.boolean(prometheus, "metrics.prometheus"),
    tenants: read.list(tenants, "metrics.tenants", read.text),
  };
}

function readPath(value: unknown, path: string): string {
  if (typeof value === "string" && /^\/[\w\-./~]*$/.test(value)) return value;
  throw read.refusal(path, value, 'give a path such as "/metrics"');
}
