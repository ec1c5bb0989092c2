import type { ServerInterceptingCallInterface } from "@grpc/grpc-js";

type MetricsRecorder = ReturnType<ServerInterceptingCallInterface["getMetricsRecorder"]>;

const discard = (): void => {};

/**
 * The per-call metrics recorder of a call in this process: handlers may record (ORCA, gRFC A51), but there is
 * no client-side load balancer to tell, so nothing is kept. grpc-js does not export its own class.
 */
export const discardedMetrics: MetricsRecorder = {
  recordRequestCostMetric: discard,
  recordUtilizationMetric: discard,
  recordNamedMetric: discard,
  recordCPUUtilizationMetric: discard,
  recordMemoryUtilizationMetric: discard,
  recordApplicationUtilizationMetric: discard,
  recordQpsMetric: discard,
  recordEpsMetric: discard,
} satisfies Omit<Record<keyof MetricsRecorder, () => void>, "serialize"> as never;
