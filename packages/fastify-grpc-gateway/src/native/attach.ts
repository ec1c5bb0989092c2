import type { Server } from "@grpc/grpc-js";
import type { FastifyInstance } from "fastify";
import type { Gateway } from "../gateway.ts";
import { attachGrpcServer } from "../one-port/attach.ts";
import { createProxyServer } from "./proxy-server.ts";

/**
 * Serves native gRPC on the app's port: by the grpc.Server of this process with all its services, or,
 * where the gateway was told which services to serve, with those; by an upstream elsewhere with the
 * schema's services, passed on. Returns the function that serves the gateway's present schema.
 */
export function attachNativeGrpc(
  fastify: FastifyInstance,
  gateway: Gateway,
  server: Server | undefined,
): () => void {
  const { name, given, transport } = gateway.parts;
  const attach = (): (() => void) => {
    const services = gateway.schema.services.map((service) => service.name);
    if (server === undefined) {
      const proxy = createProxyServer(gateway.schema, transport);
      return attachGrpcServer(fastify, { name, server: proxy, services });
    }
    const chosen = given.services === undefined ? {} : { services };
    return attachGrpcServer(fastify, { name, server, ...chosen });
  };
  let detach = attach();
  return () => {
    detach();
    detach = attach();
  };
}
