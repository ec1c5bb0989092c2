import type { Server } from "@grpc/grpc-js";
import type { FastifyInstance, FastifyPluginAsync, RouteHandlerMethod } from "fastify";
import fp from "fastify-plugin";
import { gatewayRegistry } from "grpc-transcoding";
import { defaultMaxBytes } from "grpc-transcoding/internal";
import { flushCompressed } from "./call/flushed-compression.ts";
import { closeUpload, cutUpload } from "./call/stop-upload.ts";
import { observeRequests } from "./call/watch-request.ts";
import { appClosing } from "./closing/app-closing.ts";
import { FST_GRPC_OPTION } from "./errors.ts";
import { Gateway } from "./gateway/gateway.ts";
import { createMount, findGateway, type GrpcGateway } from "./gateway/gateway-api.ts";
import { createRegistryEntry } from "./gateway/registry-entry.ts";
import { grpcBindingOf } from "./gateway/request-binding.ts";
import { serverInternals } from "./grpc-js/internals.ts";
import { errorMapperOf } from "./guard/error-mapper-of.ts";
import { decorateRpc } from "./guard/request-rpc.ts";
import { serveHealth } from "./health/serve-health.ts";
import { requestLogging } from "./logging/request-logging.ts";
import { keepBodyStream, keepRawBody, readUntypedHttp2Bodies } from "./mount/body-parser.ts";
import { addWildcardRoute, routableMethods } from "./mount/mount.ts";
import { streamConstraint } from "./mount/mounted-route.ts";
import { countRequests } from "./mount/request-end.ts";
import { mountsOf, selectionOf } from "./mount/route-selection.ts";
import { attachNativeGrpc, splitOf } from "./native/attach-native-grpc.ts";
import { ObservedCalls } from "./observe/observed-calls.ts";
import type { FastifyGrpcGatewayOptions } from "./options/gateway-options.ts";
import { requireOption } from "./options/option-problem.ts";
import { resolveOptions } from "./options/resolve-options.ts";
import type { ResolvedOptions } from "./options/resolved-options.ts";
import { urlPrefix } from "./options/url-prefix-check.ts";
import { loadCreateValidator } from "./rest/load-validator.ts";
import { namedRoutes } from "./routing/route-checks.ts";
import { loadGatewaySchema } from "./routing/schema-source.ts";
import { interceptable } from "./transport/interceptable.ts";
import { type ResolvedUpstream, resolveUpstream } from "./transport/upstream.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** The gateway of that name; without a name the app's only one. Throws FST_GRPC_UNKNOWN_GATEWAY. */
    grpcGateway(name?: string): GrpcGateway;
  }
}

const gatewayPlugin: FastifyPluginAsync<FastifyGrpcGatewayOptions> = async (fastify, given) => {
  const resolved = resolveOptions(given);
  const validate = resolved.validate === true ? await loadCreateValidator() : resolved.validate;
  const options = { ...resolved, validate };
  const prefix =
    requireOption("prefix", urlPrefix, fastify.prefix.replace(/\/$/, "")) + options.prefix;
  const upstream = resolveUpstream(options.upstream, options.limits, fastify.log);
  try {
    await addGateway(fastify, options, prefix, upstream);
  } catch (error) {
    await upstream.transport.close?.();
    throw error;
  }
};

async function addGateway(
  fastify: FastifyInstance,
  options: ResolvedOptions,
  prefix: string,
  upstream: ResolvedUpstream,
): Promise<void> {
  const { server } = upstream;
  const transport = interceptable(upstream.transport, options.interceptors);
  const schema = await loadGatewaySchema(options, transport, fastify.log);
  const mounts = mountsOf(fastify);
  const registry = gatewayRegistry(fastify.server);
  const name = options.name ?? (prefix || "default");
  const gateway = new Gateway({
    name,
    prefix,
    constraint: `${mounts.length + 1}:${name}`,
    schema,
    transport,
    policies: [...options.policies],
    options,
    maxBodyBytes: bodyLimit(fastify, options),
    observed: new ObservedCalls(),
    logsRequest: requestLogging(fastify),
    log: fastify.log,
    emit: registry.emit,
    addTenant: registry.addTenant,
    others: () => registry.gateways.filter((entry) => entry.name !== name).map(namedRoutes),
  });
  tellWhatIsMissing(fastify, gateway, server);

  if (registry.gateways.some((other) => other.name === name)) {
    throw new FST_GRPC_OPTION(
      `a gateway named ${JSON.stringify(name)} exists in this app: set the option name, or prefix`,
    );
  }
  const leave = registry.add(createRegistryEntry(gateway));
  const removeGauge = registry.addGauge({
    name: "grpc_gateway_live_calls",
    help: "Calls that have not ended, of REST requests and of native calls that are passed on.",
    labels: { gateway: name },
    read: () => gateway.liveCalls,
  });
  mounts.push(createMount(gateway));
  decorate(fastify);
  addScope(fastify, gateway);
  if (options.health !== false) {
    const host = {
      schema: () => gateway.schema,
      transport: upstream.transport,
      sinks: options.nativeGrpc === false ? undefined : splitOf(fastify, gateway).sinks,
    };
    await serveHealth(fastify, host, options.health);
  }
  const native =
    options.nativeGrpc === false
      ? undefined
      : attachNativeGrpc(fastify, gateway, server, options.nativeGrpc);
  if (native !== undefined) gateway.beforeReload((next) => native.serve(next));

  fastify.addHook("onReady", async () => {
    gateway.ready(options.errors ?? errorMapperOf(fastify));
    native?.ready();
  });
  // A closing server waits for its responses: calls that run on must not keep it for ever.
  appClosing(fastify).add({
    graceMs: options.closeGraceMs,
    finishClose: () => void gateway.close(),
  });
  fastify.addHook("onClose", async () => {
    leave();
    removeGauge();
    await gateway.close();
  });
}

/** What an app would only find out by requests that fail. */
function tellWhatIsMissing(
  { log }: FastifyInstance,
  { routing, schema }: Gateway,
  server: Server | undefined,
): void {
  const unbound = routing.unbound.map((method) => method.path.slice(1));
  if (routing.bindings.length === 0) {
    log.warn(
      { methods: unbound },
      "the gateway has no REST route: annotate methods with google.api.http, or use the option rules or generateUnboundMethods",
    );
  } else if (unbound.length > 0) {
    log.debug({ methods: unbound }, "methods without an http rule have no REST route");
  }
  if (server === undefined) return;
  const { handlers } = serverInternals(server);
  const paths = schema.services.flatMap(({ methods }) => methods.map(({ path }) => path));
  const missing = paths.filter((path) => !handlers.has(path));
  if (missing.length > 0) {
    log.warn({ methods: missing }, "the grpc.Server has no handler for methods of the schema");
  }
}

function decorate(fastify: FastifyInstance): void {
  if (!fastify.hasDecorator("grpcGateway")) {
    fastify.decorate("grpcGateway", function (this: FastifyInstance, name?: string) {
      return findGateway(this, name);
    });
  }
  decorateRpc(fastify);
  if (!fastify.hasRequestDecorator("grpcCall")) fastify.decorateRequest("grpcCall", null);
  if (!fastify.hasRequestDecorator("grpcBinding")) {
    fastify.decorateRequest("grpcBinding", {
      getter() {
        return grpcBindingOf(this);
      },
    });
  }
}

/** The child scope of the rpcs: raw bodies, the error table, and the one route. */
function addScope(fastify: FastifyInstance, gateway: Gateway): void {
  const { constraint, options, observed, logsRequest } = gateway.parts;
  const observe = observeRequests(observed, logsRequest);
  fastify.register(async (scope) => {
    keepRawBody(
      scope,
      gateway.parts.maxBodyBytes,
      ({ raw }) => selectionOf(raw).served.responder.maxBodyBytes,
    );
    readUntypedHttp2Bodies(scope);
    flushCompressed(scope);
    scope.setErrorHandler((error, request, reply) =>
      selectionOf(request.raw).served.responder.fail(error, request, reply),
    );
    if (options.tenant !== undefined) countRequests(scope);
    const bound = gateway.routing.bindings.map((binding) => binding.httpMethod);
    const methods = routableMethods(scope, bound);
    gateway.routedMethods = methods;
    const { prefix } = options;
    const handler: RouteHandlerMethod = (request, reply) =>
      selectionOf(request.raw).served.responder.serve(request, reply);
    observe(scope);
    addWildcardRoute(scope, { constraint, prefix, methods, handler });
    scope.register(async (streams) => {
      keepBodyStream(streams);
      observe(streams);
      streams.addHook("onRequest", (request, reply, done) => {
        closeUpload(request, reply);
        done();
      });
      streams.addHook("onResponse", (request, _reply, done) => {
        cutUpload(request);
        done();
      });
      addWildcardRoute(streams, {
        constraint: streamConstraint(constraint),
        prefix,
        methods: routableMethods(streams, bound),
        handler,
      });
    });
  });
}

/** The smaller of the app's limit and ours; says so when an option cannot have its way. */
function bodyLimit({ initialConfig, log }: FastifyInstance, options: ResolvedOptions): number {
  const { bodyLimit: hostLimit = Number.POSITIVE_INFINITY } = initialConfig;
  const { maxBodyBytes } = options.limits;
  if (maxBodyBytes !== undefined && maxBodyBytes > hostLimit) {
    log.warn(
      { maxBodyBytes, bodyLimit: hostLimit },
      "limits.maxBodyBytes is above the bodyLimit of the Fastify instance, which holds",
    );
  }
  return Math.min(hostLimit, maxBodyBytes ?? defaultMaxBytes);
}

const plugin: FastifyPluginAsync<FastifyGrpcGatewayOptions> = fp(gatewayPlugin, {
  fastify: "5.x",
  name: "fastify-grpc-gateway",
});

export default plugin;
