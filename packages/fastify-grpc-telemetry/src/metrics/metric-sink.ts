import type { GatewayRegistry } from "grpc-transcoding";
import type { Instrument } from "./instruments.ts";

/** What tells the values of one metric apart. The same object stands for the same values, always. */
export type Labels = Readonly<Record<string, string | number>>;

/** A value at the moment. */
export type Reading = readonly [labels: Labels, value: number];

/** Where metrics go: an SDK of OpenTelemetry, or a page for Prometheus. */
export interface MetricSink {
  /** Whether it is an SDK, which instrumentations of HTTP may feed as well. */
  readonly isSdk: boolean;
  /** Returns what takes one measurement of a histogram. */
  histogram(instrument: Instrument): (value: number, labels: Labels) => void;
  /** Takes a counter or a gauge, which is read whenever somebody collects. */
  observe(instrument: Instrument, read: () => Iterable<Reading>): void;
  /** Takes the gauges of the gateways' registry, those to come included. */
  observeRegistry(registry: GatewayRegistry): void;
  /** Nobody reads what was given any more. */
  close(): void;
}
