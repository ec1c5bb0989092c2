import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import fp from "fastify-plugin";
import { type ErrorMapper, gatewayRegistry } from "grpc-transcoding";
import { answerFailure } from "./answer-failure.ts";
import { requestLogging } from "./call/request-logging.ts";
import { Gateway } from "./gateway.ts";
import {
  createGatewayApi,
  findGateway,
  type GatewayMount,
  type GrpcGateway,
} from "./gateway-api.ts";
import { keepRawBody, readUntypedHttp2Bodies } from "./mount/body-parser.ts";
import { addWildcardRoute, routableMethods } from "./mount/mount.ts";
import { mountsOf } from "./mount/route-selection.ts";
import { attachNativeGrpc } from "./native/attach.ts";
import { type FastifyGrpcGatewayOptions, resolveOptions } from "./options.ts";
import { grpcBindingOf } from "./request-binding.ts";
import { namedRoutes } from "./route-checks.ts";
import { loadGatewaySchema } from "./schema-source.ts";
import { resolveUpstream } from "./upstream.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** The gateway of that name; without a name the app's only one. Throws FST_GRPC_UNKNOWN_GATEWAY. */
    grpcGateway(name?: string): GrpcGateway;
  }
}

const gatewayPlugin: FastifyPluginAsync<FastifyGrpcGatewayOptions> = async (fastify, given) => {
  const options = resolveOptions(given);
  const { transport, server } = resolveUpstream(given.upstream, options.limits);
  const schema = await loadGatewaySchema(given, transport, fastify.log);
  const mounts = mountsOf(fastify);
  const registry = gatewayRegistry(fastify.server);
  const prefix = fastify.prefix.replace(/\/$/, "") + options.prefix;
  const name = given.name ?? (prefix || "default");
  const gateway = new Gateway({
    name,
    prefix,
    constraint: `${mounts.length + 1}:${name}`,
    schema,
    transport,
    given,
    options,
    logsRequest: requestLogging(fastify),
    log: fastify.log,
    others: () => registry.gateways.filter((entry) => entry.name !== name).map(namedRoutes),
  });
  logUnbound(fastify, gateway);

  const leave = registry.add(gateway.entry);
  const mount: GatewayMount = Object.assign(gateway.mount, { api: createGatewayApi(gateway) });
  mounts.push(mount);
  decorate(fastify);
  addScope(fastify, gateway);
  if (options.nativeGrpc) gateway.onReload(attachNativeGrpc(fastify, gateway, server));

  fastify.addHook("onReady", async () => {
    const table = given.errors ?? findErrorMapper(fastify);
    if (table !== undefined) gateway.mapper = table;
  });
  fastify.addHook("onClose", async () => {
    leave();
    await transport.close?.();
  });
};

function logUnbound({ log }: FastifyInstance, { routing }: Gateway): void {
  const methods = routing.unbound.map((method) => method.path.slice(1));
  if (methods.length > 0) log.debug({ methods }, "methods without an http rule have no REST route");
}

function decorate(fastify: FastifyInstance): void {
  if (!fastify.hasDecorator("grpcGateway")) {
    fastify.decorate("grpcGateway", function (this: FastifyInstance, name?: string) {
      return findGateway(this, name);
    });
  }
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
  const { constraint, options } = gateway.parts;
  fastify.register(async (scope) => {
    const hostLimit = fastify.initialConfig.bodyLimit ?? Number.POSITIVE_INFINITY;
    keepRawBody(scope, Math.min(hostLimit, options.maxBodyBytes));
    readUntypedHttp2Bodies(scope);
    scope.setErrorHandler((error, request, reply) => answerFailure(gateway, error, request, reply));
    addWildcardRoute(scope, {
      constraint,
      prefix: options.prefix,
      methods: routableMethods(
        scope,
        gateway.routing.bindings.map((binding) => binding.httpMethod),
      ),
      handler: (request, reply) => gateway.serve(request, reply),
    });
  });
}

function findErrorMapper(fastify: FastifyInstance): ErrorMapper | undefined {
  return fastify.hasDecorator("grpcErrors") ? fastify.getDecorator("grpcErrors") : undefined;
}

const plugin: FastifyPluginAsync<FastifyGrpcGatewayOptions> = fp(gatewayPlugin, {
  fastify: "5.x",
  name: "fastify-grpc-gateway",
});

export default plugin;
