import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import fp from "fastify-plugin";
import { gatewayRegistry } from "grpc-transcoding";
import { loadApi } from "./api/load-api.ts";
import { loadPromClient, prometheusSink } from "./metrics/prometheus-sink.ts";
import { type FastifyGrpcTelemetryOptions, resolveOptions } from "./options.ts";
import { GrpcTelemetry } from "./telemetry.ts";

declare module "fastify" {
  interface FastifyInstance {
    grpcTelemetry: GrpcTelemetry;
  }
}

/** Observes the calls of the app's gateways, those registered later included. */
async function grpcTelemetryPlugin(
  app: FastifyInstance,
  options: FastifyGrpcTelemetryOptions,
): Promise<void> {
  const resolved = resolveOptions(options);
  const registry = gatewayRegistry(app.server);
  const { gateways, metrics } = resolved;
  const prometheus = metrics?.prometheus ? prometheusSink(await loadPromClient()) : undefined;
  const telemetry = new GrpcTelemetry(resolved, {
    log: app.log,
    registry,
    api: await loadApi(),
    prometheus,
    // @fastify/otel, which begins spans of its own within ours once it is told of them.
    hasOtherSpans: () => app.hasRequestDecorator("opentelemetry"),
  });
  app.decorate("grpcTelemetry", telemetry);
  if (metrics?.path !== undefined && prometheus !== undefined) {
    app.get(metrics.path, { schema: { hide: true } as object }, async (_request, reply) => {
      reply.type(prometheus.contentType);
      return telemetry.page();
    });
  }
  const stop = registry.onGateway((entry) => {
    if (gateways?.includes(entry.name) ?? true) telemetry.attach(entry);
  });
  app.addHook("onReady", async () => telemetry.requireGateways());
  app.addHook("onClose", async () => {
    stop();
    telemetry.close();
  });
}

/** The plugin, wrapped so that its decorator is the registering scope's own. */
export const plugin: FastifyPluginAsync<FastifyGrpcTelemetryOptions> = fp(grpcTelemetryPlugin, {
  fastify: "5.x",
  name: "fastify-grpc-telemetry",
});
