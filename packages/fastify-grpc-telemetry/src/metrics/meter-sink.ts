import type { Meter, Observable, ObservableCallback } from "@opentelemetry/api";
import type { Instrument } from "./instruments.ts";
import type { MetricSink, Reading } from "./metric-sink.ts";
import { readGauges } from "./registry-gauges.ts";

/** Gives metrics to an SDK of OpenTelemetry. */
export function meterSink(meter: Meter): MetricSink {
  const stops: (() => void)[] = [];
  const follow = (observable: Observable, read: () => Iterable<Reading>): void => {
    const callback: ObservableCallback = (result) => {
      for (const [labels, value] of read()) result.observe(value, labels);
    };
    observable.addCallback(callback);
    stops.push(() => observable.removeCallback(callback));
  };
  return {
    isSdk: true,
    histogram({ name, unit, description, buckets }) {
      const histogram = meter.createHistogram(name, {
        unit,
        description,
        ...(buckets && { advice: { explicitBucketBoundaries: [...buckets] } }),
      });
      return (value, labels) => histogram.record(value, labels);
    },
    observe: (instrument, read) => follow(createObservable(meter, instrument), read),
    observeRegistry({ gauges, onGauge }) {
      const known = new Set<string>();
      const stop = onGauge(({ name, help }) => {
        if (known.has(name)) return;
        known.add(name);
        const gauge = meter.createObservableGauge(name, { description: help });
        follow(gauge, () => readGauges(gauges, name));
      });
      stops.push(stop);
    },
    close() {
      for (const stop of stops.splice(0)) stop();
    },
  };
}

function createObservable(meter: Meter, { name, kind, unit, description }: Instrument): Observable {
  const options = { unit, description };
  return kind === "counter"
    ? meter.createObservableCounter(name, options)
    : meter.createObservableUpDownCounter(name, options);
}
