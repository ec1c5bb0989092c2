import type { AccessLog } from "../log/access-log.ts";
import type { CallMetrics } from "../metrics/call-metrics.ts";
import type { PortCounts } from "../metrics/caller-counts.ts";
import type { CallSpans } from "../trace/call-spans.ts";
import type { Tracing } from "../trace/tracing.ts";
import type { KnownNames } from "./known-names.ts";

/** What sees the calls of one gateway. */
export interface CallParts {
  /** The gateway's name. */
  readonly gateway: string;
  readonly names: KnownNames;
  readonly tracing: Tracing | undefined;
  readonly spans: CallSpans | undefined;
  readonly metrics: CallMetrics | undefined;
  /** The counts of each protocol; undefined where there are no metrics. */
  readonly ports: { readonly http: PortCounts; readonly grpc: PortCounts } | undefined;
  readonly log: AccessLog | undefined;
}
