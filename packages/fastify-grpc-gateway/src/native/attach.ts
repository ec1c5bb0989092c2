import { type Server, ServerCredentials } from "@grpc/grpc-js";
import type { FastifyInstance } from "fastify";
import type { Schema } from "grpc-transcoding";
import { FST_GRPC_CONFLICT, FST_GRPC_OPTION } from "../errors.ts";
import type { GatewayParts } from "../gateway-state.ts";
import { type PortSplit, portSplit } from "../one-port/port-split.ts";
import { createProxyServer } from "./proxy-server.ts";

/**
 * Serves native gRPC on the app's port: by the grpc.Server of this process with all its services, or,
 * where the gateway was told which services to serve, with those; by an upstream elsewhere with the
 * schema's services, passed on. Returns the function that serves another schema instead. Both throw
 * FST_GRPC_CONFLICT, and leave the port as it was, when another gateway serves one of the services.
 */
export function attachNativeGrpc(
  fastify: FastifyInstance,
  parts: GatewayParts,
  server: Server | undefined,
): (schema: Schema) => void {
  const { name, given, options, schema, transport } = parts;
  const proxy = server === undefined ? createProxyServer(transport, options.limits) : undefined;
  const servesAll = server !== undefined && given.services === undefined;
  const servicesOf = ({ services }: Schema): ReadonlySet<string> | undefined =>
    servesAll ? undefined : new Set(services.map((service) => service.name));
  proxy?.serve(schema);
  const sink = refusing(() =>
    splitOf(fastify, parts).sinks.add(
      {
        name,
        server: (proxy?.server ?? server) as Server,
        services: servicesOf(schema),
        accepts: undefined,
        policy: undefined,
      },
      ServerCredentials.createInsecure(),
    ),
  );
  return (next) => {
    refusing(() => sink.serve(servicesOf(next)));
    proxy?.serve(next);
  };
}

/** Throws FST_GRPC_OPTION when another gateway has set the port's bounds otherwise. */
function splitOf(fastify: FastifyInstance, { options }: GatewayParts): PortSplit {
  const { closeGraceMs, onePort } = options;
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
