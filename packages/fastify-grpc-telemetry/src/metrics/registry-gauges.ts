import type { Gauge } from "grpc-transcoding";
import type { Reading } from "./metric-sink.ts";

/** The values of the gauges of one name. */
export function readGauges(gauges: readonly Gauge[], name: string): Reading[] {
  return gauges.filter((gauge) => gauge.name === name).map((gauge) => [gauge.labels, gauge.read()]);
}
