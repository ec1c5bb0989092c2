import cors from "@fastify/cors";
import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import { sendRateLimits } from "fastify-grpc-policies";
import fp from "fastify-plugin";
import { gatewayRegistry } from "grpc-transcoding";
import { corsDelegator } from "./cors/tenant-cors.ts";
import { documentUrls, serveTenantPages } from "./docs/tenant-documents.ts";
import { FilesWatch } from "./files/files-watch.ts";
import { hasApi, servingOptions } from "./gateway-options.ts";
import type { GrpcTenants } from "./grpc-tenants.ts";
import { LastGood } from "./manager/last-good.ts";
import { TenantManager } from "./manager/tenant-manager.ts";
import { type FastifyGrpcTenantsOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { type SelectedRequest, selectTenant } from "./selection/tenant-index.ts";

declare module "fastify" {
  interface FastifyInstance {
    grpcTenants: GrpcTenants;
  }
}

/**
 * Serves the tenants of a document, each apart from the others, by a gateway that the plugin registers itself, and follows
 * the document while the app runs. Rejects with FST_GRPC_TENANTS_* where there is no document to start with, or a wrong one.
 */
async function grpcTenantsPlugin(
  app: FastifyInstance,
  given: FastifyGrpcTenantsOptions,
): Promise<void> {
  const options = resolveOptions(given);
  const { header } = options;
  const base = app.prefix.replace(/\/$/, "") + (options.gateway.prefix ?? "");
  const name = options.gateway.name ?? (base || "default");
  const manager = createManager(app, options, name);
  const select = (request: SelectedRequest) =>
    selectTenant(manager.generation.index, request, header, base);
  if (options.cors) {
    const delegator = corsDelegator(() => manager.generation.cors, select, header);
    await app.register(cors, { delegator });
  }
  if (options.rateLimitHeaders) sendRateLimits(app);
  await app.register(grpcGateway, servingOptions(options.gateway, select));
  await manager.start();
  decorate(app, manager, options, name);
  follow(app, manager, options);
  addGauges(app, manager, name);
}

function createManager(
  app: FastifyInstance,
  options: ResolvedOptions,
  name: string,
): TenantManager {
  const { source, root, policies, upstreams, allowTargets, header, gateway, drainMs, lastGood } =
    options;
  const { store, onStoreError, rateLimitHeaders } = options;
  const registry = gatewayRegistry(app.server);
  return new TenantManager({
    source,
    root,
    policies,
    upstreams,
    policyHost: { app, gateway: name, store, onStoreError, rateLimitHeaders },
    surroundings: {
      policies: [...policies.keys()],
      upstreams: [...upstreams.keys()],
      allowTargets,
      reserved: [options.documents, options.ui].filter((path) => path !== false),
      readsAnywhere: source.trusted === true,
      needsApi: !hasApi(gateway),
      needsUpstream: gateway.upstream === undefined,
      hasHeader: header !== false,
    },
    gateway: { name, tenants: () => app.grpcGateway(name).tenants },
    drainMs,
    lastGood: lastGood === undefined ? undefined : new LastGood(lastGood),
    log: app.log,
    emit: registry.emit,
  });
}

function decorate(
  app: FastifyInstance,
  manager: TenantManager,
  { documents, ui }: ResolvedOptions,
  gateway: string,
): void {
  const tenants = () => manager.generation.tenants;
  const base = app.prefix.replace(/\/$/, "");
  const pages = documents === false ? undefined : { base, documents, ui, gateway, tenants };
  if (pages !== undefined) serveTenantPages(app, pages);
  const api = {
    list: () => [...tenants().keys()],
    status: (id?: string) => (id === undefined ? manager.status() : manager.statusOf(id)),
    stop: manager.stopTenant.bind(manager),
    start: manager.startTenant.bind(manager),
    reload: manager.reload.bind(manager),
    urls: () => (pages === undefined ? [] : documentUrls(pages)),
  };
  app.decorate("grpcTenants", api as GrpcTenants);
}

/** Watches the document, and the files that it names, from when the app is ready until it closes. */
function follow(
  app: FastifyInstance,
  manager: TenantManager,
  { source, pollMs }: ResolvedOptions,
): void {
  // What is wrong is logged, and stands in the status.
  const apply = (document?: Parameters<TenantManager["apply"]>[0]): void =>
    void manager.apply(document).catch(() => {});
  const closing: (() => Promise<void>)[] = [];
  app.addHook("onReady", async () => {
    const files = new FilesWatch(apply, pollMs);
    manager.onPaths((paths) => files.watch(paths));
    const watch = source.watch(apply, (error) => manager.sourceFailed(error));
    closing.push(
      () => watch.close(),
      () => files.close(),
    );
  });
  app.addHook("preClose", async () => {
    await Promise.all(closing.map((close) => close()));
    await manager.close();
  });
}

function addGauges(app: FastifyInstance, manager: TenantManager, gateway: string): void {
  const registry = gatewayRegistry(app.server);
  const labels = { gateway };
  const leave = [
    registry.addGauge({
      name: "grpc_tenants",
      help: "Tenants of the document that is effective.",
      labels,
      read: () => manager.generation.tenants.size,
    }),
    registry.addGauge({
      name: "grpc_tenants_stale",
      help: "1 while the latest tenants document is refused, or cannot be had.",
      labels,
      read: () => (manager.isStale ? 1 : 0),
    }),
  ];
  app.addHook("onClose", async () => {
    for (const remove of leave) remove();
  });
}

/** The plugin, wrapped so that its decorators and hooks are the registering scope's own. */
export const plugin: FastifyPluginAsync<FastifyGrpcTenantsOptions> = fp(grpcTenantsPlugin, {
  fastify: "5.x",
  name: "fastify-grpc-tenants",
});
