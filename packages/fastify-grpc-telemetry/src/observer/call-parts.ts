import type { AccessLog } from "../log/access-log.ts";
import type { CallMetrics } from "../metrics/call-metrics.ts";
import type { CallSpans } from "../trace/call-spans.ts";
import type { Tracing } from "../trace/tracing.ts";
import type { KnownNames } from "./known-names.ts";

/** Metrics for one sink. */
export interface SinkMetrics {
  readonly metrics: CallMetrics;
  /** Whether the sink is an SDK, which an instrumentation of HTTP may feed as well. */
  readonly isSdk: boolean;
}

/** What sees the calls of one gateway. */
export interface CallParts {
  /** The gateway's name. */
  readonly gateway: string;
  readonly names: KnownNames;
  readonly tracing: Tracing | undefined;
  readonly spans: CallSpans | undefined;
  readonly metrics: readonly SinkMetrics[];
  readonly log: AccessLog | undefined;
}
