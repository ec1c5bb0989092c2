import type { Gauge as RegistryGauge } from "grpc-transcoding";
import type * as client from "prom-client";
import { FST_GRPC_TELEMETRY_PROM_CLIENT } from "../errors.ts";
import type { Labels, MetricSink, Reading } from "./metric-sink.ts";
import { prometheusLabel, prometheusName } from "./prometheus-name.ts";
import { readGauges } from "./registry-gauges.ts";

/** The package prom-client. */
export type PromClient = Pick<typeof client, "Counter" | "Gauge" | "Histogram" | "Registry">;

/** Loads prom-client. Throws FST_GRPC_TELEMETRY_PROM_CLIENT where it cannot be. */
export async function loadPromClient(): Promise<PromClient> {
  try {
    return (await import("prom-client")).default;
  } catch (error) {
    throw new FST_GRPC_TELEMETRY_PROM_CLIENT((error as Error).message);
  }
}

/** A sink that can be read as a page. */
export interface PrometheusSink extends MetricSink {
  readonly contentType: string;
  page(): Promise<string>;
}

/** Keeps metrics for a page of Prometheus' text format, in a registry of their own. */
export function prometheusSink({
  Counter,
  Gauge,
  Histogram,
  Registry,
}: PromClient): PrometheusSink {
  const registry = new Registry();
  const made = new Map<string, { readonly key: string; readonly gauge: client.Gauge }>();
  let readRegistry = (): void => {};
  return {
    isSdk: false,
    contentType: registry.contentType,
    histogram(instrument) {
      const { description: help, attributes, buckets = [] } = instrument;
      const histogram = new Histogram({
        name: prometheusName(instrument),
        help,
        labelNames: attributes.map(prometheusLabel),
        buckets: [...buckets],
        registers: [registry],
      });
      const children = new WeakMap<Labels, client.Histogram.Internal<string>>();
      return (value, labels) => {
        let child = children.get(labels);
        if (child === undefined) {
          child = histogram.labels(translate(labels));
          children.set(labels, child);
        }
        child.observe(value);
      };
    },
    observe(instrument, read) {
      const { kind, description: help, attributes } = instrument;
      const labelNames = attributes.map(prometheusLabel);
      const options = { name: prometheusName(instrument), help, labelNames, registers: [registry] };
      if (kind === "counter") {
        new Counter({
          ...options,
          collect() {
            this.reset();
            for (const [labels, value] of read()) this.inc(translate(labels), value);
          },
        });
        return;
      }
      new Gauge({
        ...options,
        collect() {
          this.reset();
          for (const [labels, value] of read()) this.set(translate(labels), value);
        },
      });
    },
    observeRegistry({ gauges }) {
      readRegistry = () => {
        const names = new Set(gauges.map(({ name }) => name));
        for (const name of [...made.keys()]) if (!names.has(name)) remove(name);
        for (const name of names) setGauge(name, helpOf(gauges, name), readGauges(gauges, name));
      };
    },
    page() {
      readRegistry();
      return registry.metrics();
    },
    close: () => registry.clear(),
  };

  function setGauge(name: string, help: string, readings: readonly Reading[]): void {
    // The labels of a name may differ between its gauges, and come and go with them.
    const labelNames = [...new Set(readings.flatMap(([labels]) => Object.keys(labels)))].sort();
    const key = labelNames.join();
    if (made.get(name)?.key !== key) {
      remove(name);
      made.set(name, { key, gauge: new Gauge({ name, help, labelNames, registers: [registry] }) });
    }
    const gauge = made.get(name)?.gauge;
    gauge?.reset();
    for (const [labels, value] of readings) gauge?.set(labels as Record<string, string>, value);
  }

  function remove(name: string): void {
    made.delete(name);
    registry.removeSingleMetric(name);
  }
}

function helpOf(gauges: readonly RegistryGauge[], name: string): string {
  return gauges.find((gauge) => gauge.name === name)?.help || name;
}

function translate(labels: Labels): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [prometheusLabel(name), value]),
  );
}
