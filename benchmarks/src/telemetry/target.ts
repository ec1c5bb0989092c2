import { context, metrics, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import grpcTelemetry, { type FastifyGrpcTelemetryOptions } from "fastify-grpc-telemetry";
import { echoProto, identityServer } from "../request/echo-server.ts";

// One target in a process of its own: see request/target.ts.

const quiet = (): FastifyServerOptions => ({
  // What a line costs to make; to write it is for whoever takes it.
  logger: { stream: { write() {} } },
  disableRequestLogging: true,
});
const off = { traces: false, metrics: false, accessLog: false };

const targets: Readonly<Record<string, () => Promise<FastifyInstance>>> = {
  bare: () => gateway(),
  "no SDK": () => gateway({}),
  "a logger that is not used": () => gateway(undefined, quiet()),
  "access log": () => gateway({ ...off, accessLog: { always: true } }, quiet()),
  "page for Prometheus": () => gateway({ ...off, metrics: { prometheus: true } }),
  "an SDK that is not used": () => withSdk(undefined),
  "spans for an SDK": () => withSdk({ ...off, traces: true }),
  "spans and metrics for an SDK": () => withSdk({}),
};

async function gateway(
  telemetry?: FastifyGrpcTelemetryOptions,
  options?: FastifyServerOptions,
): Promise<FastifyInstance> {
  const app = Fastify(options ?? {});
  if (telemetry !== undefined) await app.register(grpcTelemetry, telemetry);
  await app.register(grpcGateway, { proto: echoProto, upstream: identityServer() });
  return app;
}

/** With an SDK that records everything, and exports nothing. */
function withSdk(telemetry: FastifyGrpcTelemetryOptions | undefined): Promise<FastifyInstance> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 });
  trace.setGlobalTracerProvider(new BasicTracerProvider());
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return gateway(telemetry);
}

const [name = ""] = process.argv.slice(2);
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicros: user + system });
});
process.on("disconnect", () => process.exit());
const app = await (targets[name] as () => Promise<FastifyInstance>)();
await app.listen({ port: 0, host: "127.0.0.1" });
process.send?.({ port: (app.server.address() as { port: number }).port });
