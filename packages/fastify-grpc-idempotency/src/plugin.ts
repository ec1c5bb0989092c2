import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import fp from "fastify-plugin";
import { type GatewayRegistry, gatewayRegistry } from "grpc-transcoding";
import { onceAMinute, quote } from "grpc-transcoding/internal";
import { callPolicy } from "./call/call-policy.ts";
import { KeyedRequests } from "./check/keyed-requests.ts";
import { FST_GRPC_IDEMPOTENCY_GATEWAY } from "./errors.ts";
import {
  type FastifyGrpcIdempotencyOptions,
  type ResolvedOptions,
  resolveOptions,
} from "./options.ts";
import { routeHooks } from "./route/route-hooks.ts";

/**
 * Lets requests with an Idempotency-Key run once: those of gateways wherever they are registered, and those of
 * hand-written routes that come after it.
 */
async function grpcIdempotencyPlugin(
  app: FastifyInstance,
  given: FastifyGrpcIdempotencyOptions,
): Promise<void> {
  const options = resolveOptions(given);
  const registry = gatewayRegistry(app.server);
  const requests = new KeyedRequests({
    ...options,
    onError: onceAMinute((error, count) =>
      app.log.warn(
        { err: error, count, onStoreError: options.onStoreError },
        "the store of idempotency keys failed",
      ),
    ),
  });
  app.addHook("onRoute", routeHooks(options, requests));
  const removeGauge = registry.addGauge({
    name: "grpc_idempotency_waiting",
    help: "Requests that wait for the answer to another with their Idempotency-Key.",
    labels: {},
    read: () => requests.waiting,
  });
  // Once all plugins have added their policies: this one is the last.
  app.addHook("onReady", async () => {
    options.routes.requireRoutes();
    attach(registry, options, requests);
  });
  app.addHook("preClose", async () => requests.stopWaiting());
  app.addHook("onClose", async () => {
    removeGauge();
    await requests.close();
  });
}

function attach(
  { gateways }: GatewayRegistry,
  options: ResolvedOptions,
  requests: KeyedRequests,
): void {
  const names = options.gateways ?? gateways.map(({ name }) => name);
  const entries = names.map((name) => {
    const entry = gateways.find((one) => one.name === name);
    if (entry !== undefined) return entry;
    throw new FST_GRPC_IDEMPOTENCY_GATEWAY(
      "gateways",
      quote(name),
      `no gateway of the app has this name; there are ${gateways.map((one) => quote(one.name)).join(", ")}`,
    );
  });
  const services = entries.flatMap(({ schema }) => schema.services);
  options.methods.requireMethods(services.flatMap(({ methods }) => methods));
  for (const entry of entries) entry.use?.(callPolicy(options, requests));
}

/** The plugin, wrapped so that its hooks are the registering scope's own. */
export const plugin: FastifyPluginAsync<FastifyGrpcIdempotencyOptions> = fp(grpcIdempotencyPlugin, {
  fastify: "5.x",
  name: "fastify-grpc-idempotency",
});
