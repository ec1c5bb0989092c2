import type { AddressInfo } from "node:net";
import Fastify from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import grpcIdempotency, { createRedisStore } from "fastify-grpc-idempotency";
import { Redis } from "ioredis";
import { bankProto } from "./bank.ts";

// A gateway in a process of its own: `gateway-process.ts UPSTREAM REDIS_PORT`. Sends { port } when ready, and ends with
// its parent.

const [upstream = "", redisPort = ""] = process.argv.slice(2);
const client = new Redis({ port: Number(redisPort), host: "127.0.0.1", retryStrategy: () => 20 });
client.on("error", () => {});
const app = Fastify();
await app.register(grpcIdempotency, {
  methods: { "bank.v1.Bank/Pay": "required" },
  store: createRedisStore({ client }),
  leaseGraceMs: 200,
});
await app.register(grpcGateway, { proto: bankProto, upstream });
await app.listen({ port: 0, host: "127.0.0.1" });
process.on("disconnect", () => process.exit());
process.send?.({ port: (app.server.address() as AddressInfo).port });
