import type { TestContext } from "node:test";
import { context, metrics, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from "@opentelemetry/core";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";

/** The SDK as an app would have it, until the test ends. */
export interface TestSdk {
  /** Spans that have ended, in the order of their ends. */
  readonly spans: readonly ReadableSpan[];
  /** How many have begun and not ended. */
  readonly open: number;
  /** Resolves once so many spans have ended. */
  ended(count: number): Promise<readonly ReadableSpan[]>;
  collect(): Promise<readonly MetricData[]>;
}

/** Registers tracer, meter, context manager and propagators. */
export function installSdk(t: TestContext, others: readonly SpanProcessor[] = []): TestSdk {
  const exporter = new InMemorySpanExporter();
  const awaiting: { readonly count: number; readonly resolve: () => void }[] = [];
  let begun = 0;
  const counter: SpanProcessor = {
    onStart() {
      begun += 1;
    },
    onEnd() {
      const { length } = exporter.getFinishedSpans();
      for (const { count, resolve } of awaiting) if (length >= count) resolve();
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const tracers = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter), counter, ...others],
  });
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter: metricExporter,
    exportIntervalMillis: 2 ** 30,
  });
  const meters = new MeterProvider({ readers: [reader] });
  trace.setGlobalTracerProvider(tracers);
  metrics.setGlobalMeterProvider(meters);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    new CompositePropagator({
      propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
    }),
  );
  t.after(async () => {
    for (const api of [trace, metrics, context, propagation]) api.disable();
    await tracers.shutdown();
    await meters.shutdown();
  });
  return {
    get spans() {
      return exporter.getFinishedSpans();
    },
    get open() {
      return begun - exporter.getFinishedSpans().length;
    },
    async ended(count) {
      if (exporter.getFinishedSpans().length < count) {
        await new Promise<void>((resolve) => awaiting.push({ count, resolve }));
      }
      return exporter.getFinishedSpans();
    },
    async collect() {
      metricExporter.reset();
      await reader.forceFlush();
      return metricExporter
        .getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    },
  };
}
