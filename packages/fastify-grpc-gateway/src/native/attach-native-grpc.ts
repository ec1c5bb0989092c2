import { type Server, ServerCredentials } from "@grpc/grpc-js";
import type { FastifyInstance } from "fastify";
import { codeOfHttpStatus, type Schema } from "grpc-transcoding";
import { FST_GRPC_CONFLICT, FST_GRPC_OPTION } from "../errors.ts";
import type { Gateway } from "../gateway/gateway.ts";
import { admitNative, type NativeGuard } from "../guard/guard-native.ts";
import { openScope } from "../guard/native-scope.ts";
import type { AddedSink, GrpcSink } from "../one-port/grpc-sinks.ts";
import { type PortSplit, portSplit } from "../one-port/port-split.ts";
import type { ResolvedOptions } from "../options/resolved-options.ts";
import { NativeTenants } from "./native-tenants.ts";
import { createProxyServer } from "./proxy-server.ts";
import { methodsOf, servicesOf } from "./served-methods.ts";

/** Native gRPC of one gateway. */
export interface NativeGrpc {
  /** Serves another schema. Throws FST_GRPC_CONFLICT, and changes nothing, when another gateway has one of its services. */
  serve(schema: Schema): void;
  /** Call it once the app is ready: then it is known what stands around calls. */
  ready(): void;
}

/**
 * Serves native gRPC on the app's port: by the grpc.Server of this process with all its services, or,
 * where the gateway was told which services to serve, with those; by an upstream elsewhere with the
 * schema's services and grpc.health.v1, passed on, or with all. Calls pass the scope's hooks and the gateway's
 * policies first. Throws FST_GRPC_CONFLICT when another gateway serves one of the services.
 */
export function attachNativeGrpc(
  fastify: FastifyInstance,
  gateway: Gateway,
  server: Server | undefined,
  native: Exclude<ResolvedOptions["nativeGrpc"], false>,
): NativeGrpc {
  const { name, options, transport, log, policies, logsRequest, observed } = gateway.parts;
  const scope = openScope(fastify);
  if (options.metadata !== undefined) {
    if (native.hooks === "skip") {
      throw new FST_GRPC_OPTION(
        'option "metadata" is asked with the request that hooks see: native calls have none with nativeGrpc: { hooks: "skip" }, and would keep what their client sent',
      );
    }
    scope.demandRequests();
  }
  const passesAll = server === undefined && native.services === "all";
  const servesAll = passesAll || (server !== undefined && options.services === undefined);
  const proxy = createProxyServer(transport, {
    ...options.limits,
    passesAll,
    deadlineMsOf: (path) => gateway.routing.deadlines.get(path),
  });
  const { sinks } = splitOf(fastify, gateway);
  const guard: NativeGuard = {
    name,
    scope: native.hooks === "run" ? scope : undefined,
    open: new Set(native.open),
    policies: () => policies,
    metadata: options.metadata,
    tenantOf: (headers) => tenants?.tenantOf(headers),
    codeOf: (statusCode) => gateway.mapper.codeOf?.(statusCode) ?? codeOfHttpStatus(statusCode),
    log,
    logsRequest,
    observed,
  };
  const tenants =
    options.tenant &&
    new NativeTenants({ gateway, selector: options.tenant, native, sinks, guard });
  const sinkFor = (schema: Schema): GrpcSink => ({
    name,
    server: isProxied() ? proxy.server : (server as Server),
    services: servesAll ? undefined : servicesOf(schema, server),
    isLast: passesAll,
    accepts: undefined,
    admit,
    divert: tenants?.divert,
  });
  const isProxied = (): boolean => server === undefined || transport.isIntercepted;
  const admit = admitNative(guard);
  const add = (schema: Schema): AddedSink => {
    proxy.serve(methodsOf(schema, server));
    return refusing(() => sinks.add(sinkFor(schema), ServerCredentials.createInsecure()));
  };
  let sink = add(gateway.schema);
  return {
    serve(schema) {
      refusing(() => sink.serve(sinkFor(schema).services));
      proxy.serve(methodsOf(schema, server));
    },
    ready() {
      if (native.hooks === "skip" && scope.hasHooks) {
        log.warn(
          'native gRPC calls of this gateway do not run through the hooks of its scope: nativeGrpc: { hooks: "skip" }',
        );
      }
      if (server === undefined || !transport.isIntercepted) return;
      // Interceptors see bytes, so that calls go through the transport like those from elsewhere.
      sink.remove();
      sink = add(gateway.schema);
    },
  };
}

/** The split of the app's port, by the gateway's options. Throws FST_GRPC_OPTION when another gateway has set the port's bounds otherwise. */
export function splitOf(fastify: FastifyInstance, { parts }: Gateway): PortSplit {
  const { closeGraceMs, onePort } = parts.options;
  try {
    return portSplit(fastify, { ...onePort, ...(closeGraceMs !== undefined && { closeGraceMs }) });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new FST_GRPC_OPTION(`option "onePort": ${error.message}`);
  }
}

function refusing<T>(change: () => T): T {
  try {
    return change();
  } catch (error) {
    if (error instanceof FST_GRPC_OPTION) throw error;
    throw Object.assign(new FST_GRPC_CONFLICT((error as Error).message), { cause: error });
  }
}
