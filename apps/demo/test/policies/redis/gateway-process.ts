import type { AddressInfo } from "node:net";
import Fastify from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import grpcPolicies, { createRedisStore, type OnStoreError } from "fastify-grpc-policies";
import { Redis } from "ioredis";
import { shopProto, shopServer } from "../shop.ts";

// A gateway in a process of its own: `gateway-process.ts REDIS_PORT ON_STORE_ERROR`. Sends { port } when ready, and
// ends with its parent.

const [redisPort = "", onStoreError = ""] = process.argv.slice(2);
const client = new Redis({ port: Number(redisPort), host: "127.0.0.1", retryStrategy: () => 20 });
client.on("error", () => {});
const app = Fastify();
await app.register(grpcPolicies, {
  limits: {
    plan: {
      by: { header: "x-plan" },
      capacity: 50,
      refillPerSecond: 0,
      overrides: { renewed: { capacity: 20, refillPerSecond: 40 } },
    },
  },
  store: createRedisStore({ client }),
  onStoreError: onStoreError as OnStoreError,
});
await app.register(grpcGateway, { proto: shopProto, upstream: await shopServer() });
await app.listen({ port: 0, host: "127.0.0.1" });
process.on("disconnect", () => process.exit());
process.on("message", () => {
  const again = (): void => void process.send?.({ ready: true });
  if (client.status === "ready") again();
  else client.once("ready", again);
});
process.send?.({ port: (app.server.address() as AddressInfo).port });
