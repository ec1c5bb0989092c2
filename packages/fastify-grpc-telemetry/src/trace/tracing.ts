import type { Tracer } from "@opentelemetry/api";
import type { OpenTelemetryApi } from "../api/load-api.ts";
import type { TraceContext } from "./trace-context.ts";

/** What makes spans of an app's calls. */
export interface Tracing {
  readonly api: OpenTelemetryApi;
  readonly tracer: Tracer;
  readonly traces: TraceContext;
  /** Whether the names of RPC before they were stable stand beside the stable ones. */
  readonly withOldNames: boolean;
  /** Whether somebody else of the app makes spans of requests, and is to be told of ours. */
  readonly marksServerSpans: boolean;
}
