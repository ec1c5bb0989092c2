import type { Server } from "@grpc/grpc-js";
import type { FastifyInstance } from "fastify";
import type { Schema } from "grpc-transcoding";
import { FST_GRPC_CONFLICT } from "../errors.ts";
import type { GatewayParts } from "../gateway-state.ts";
import { attachGrpcServer } from "../one-port/attach.ts";
import { createProxyServer } from "./proxy-server.ts";

/**
 * Serves native gRPC on the app's port: by the grpc.Server of this process with all its services, or,
 * where the gateway was told which services to serve, with those; by an upstream elsewhere with the
 * schema's services, passed on. Returns the function that serves another schema instead. Both throw
 * FST_GRPC_CONFLICT, and leave the port as it was, when another gateway serves one of the services.
 */
export function attachNativeGrpc(
  fastify: FastifyInstance,
  { name, given, options, schema, transport }: GatewayParts,
  server: Server | undefined,
): (schema: Schema) => void {
  const attach = (served: Schema): (() => void) => {
    const services = served.services.map((service) => service.name);
    const chosen = server === undefined || given.services !== undefined ? { services } : {};
    const target = server ?? createProxyServer(served, transport, options.limits);
    const { closeGraceMs } = options;
    const split = closeGraceMs === undefined ? {} : { closeGraceMs };
    return attachGrpcServer(fastify, { name, server: target, ...chosen }, split);
  };
  let current = schema;
  let detach = attachOrRefuse(() => attach(current));
  return (next) => {
    detach();
    try {
      detach = attachOrRefuse(() => attach(next));
      current = next;
    } catch (error) {
      detach = attach(current);
      throw error;
    }
  };
}

function attachOrRefuse(attach: () => () => void): () => void {
  try {
    return attach();
  } catch (error) {
    throw Object.assign(new FST_GRPC_CONFLICT((error as Error).message), { cause: error });
  }
}
