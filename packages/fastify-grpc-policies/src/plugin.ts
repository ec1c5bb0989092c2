import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import fp from "fastify-plugin";
import { gatewayRegistry } from "grpc-transcoding";
import { loadOpossum } from "./breaker/load-opossum.ts";
import type { LimitOutcome } from "./limit/rate-limiter.ts";
import { sendRateLimits } from "./limit/send-rate-limits.ts";
import {
  type FastifyGrpcPoliciesOptions,
  type ResolvedOptions,
  resolveOptions,
} from "./options.ts";
import { GrpcPolicies } from "./policies.ts";

declare module "fastify" {
  interface FastifyInstance {
    grpcPolicies: GrpcPolicies;
  }
  interface FastifyRequest {
    /** What the rate limits said of a call that passed them; null where none was asked. */
    grpcRateLimit: LimitOutcome | null;
  }
}

/**
 * Puts policies around the calls of the app's gateways, those registered later included. Calls that pass have RateLimit
 * headers where their gateway stands in the plugin's scope or in a child of it.
 */
async function grpcPoliciesPlugin(
  app: FastifyInstance,
  options: FastifyGrpcPoliciesOptions,
): Promise<void> {
  const resolved = resolveOptions(options);
  const registry = gatewayRegistry(app.server);
  const opossum = resolved.installed.has("circuitBreaker") ? await loadOpossum() : undefined;
  const policies = new GrpcPolicies(resolved, { log: app.log, registry, opossum });
  app.decorate("grpcPolicies", policies);
  if (!app.hasRequestDecorator("grpcRateLimit")) app.decorateRequest("grpcRateLimit", null);
  addLimitHooks(app, resolved);
  const stop = registry.onGateway((entry) => {
    if (resolved.gateways?.includes(entry.name) ?? true) policies.attach(entry);
  });
  app.addHook("onReady", async () => {
    policies.requireGateways(resolved.gateways ?? []);
    policies.checkMethods();
  });
  app.addHook("onClose", async () => {
    stop();
    policies.close();
  });
}

function addLimitHooks(
  app: FastifyInstance,
  { settings, rateLimitHeaders }: ResolvedOptions,
): void {
  const { limits } = settings;
  if (limits === undefined) return;
  if (rateLimitHeaders) sendRateLimits(app);
  // Native calls have a request, and with it an address by `trustProxy`, only where their scope has hooks.
  if (limits.some(({ key }) => key.usesAddress)) {
    app.addHook("onRequest", (_request, _reply, done) => done());
  }
}

/** The plugin, wrapped so that its hooks and decorators are the registering scope's own. */
export const plugin: FastifyPluginAsync<FastifyGrpcPoliciesOptions> = fp(grpcPoliciesPlugin, {
  fastify: "5.x",
  name: "fastify-grpc-policies",
});
