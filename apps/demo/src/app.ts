import { readFile } from "node:fs/promises";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { Server } from "@grpc/grpc-js";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import grpcErrors from "fastify-grpc-errors";
import grpcGateway from "fastify-grpc-gateway";
import grpcOpenapi from "fastify-grpc-openapi";
import grpcPolicies from "fastify-grpc-policies";
import { apiKeyPolicy } from "./api-key.ts";
import { groupUsers } from "./group-users.ts";
import { protoDir } from "./service-server.ts";

/** What the demo is built of. */
export interface DemoOptions {
  /** The services: a server of this process, or the address of one elsewhere. */
  readonly upstream: Server | string;
  /** What writes must send as `x-api-key`; without it anybody may write. */
  readonly apiKey?: string | undefined;
  readonly fastify?: FastifyServerOptions;
}

/** Builds the demo without listening, for the server and for the tests. */
export async function buildApp({
  upstream,
  apiKey,
  fastify = {},
}: DemoOptions): Promise<FastifyInstance> {
  const app = Fastify(fastify);
  await app.register(swagger, { openapi: { info: { title: "Library", version: "1.0.0" } } });
  // Before the UI: then its /docs/json is served from cached text.
  await app.register(grpcOpenapi);
  await app.register(swaggerUi, { routePrefix: "/docs", uiConfig: { showExtensions: true } });
  await app.register(grpcErrors, { codes: { FAILED_PRECONDITION: 422 } });
  await app.register(grpcPolicies, {
    limits: {
      lending: {
        by: "ip",
        capacity: 20,
        refillPerSecond: 2,
        methods: ["library.v1.LibraryService/LendBook"],
      },
    },
    // More than 60 % of at least 5 calls within 10 s.
    circuitBreaker: {},
  });
  await app.register(grpcGateway, {
    proto: protoDir,
    upstream,
    partialResponses: true,
    prettyPrint: true,
    policies: apiKey ? [apiKeyPolicy(apiKey)] : [],
  });
  await app.register(groupUsers);

  // Of a gateway's calls, and of nothing else: no cache may keep what they answer.
  app.addHook("onRequest", async (request, reply) => {
    if (request.rpc) reply.header("cache-control", "no-store");
  });

  const watchPage = await readFile(new URL("./watch.html", import.meta.url));
  app.get("/watch", { schema: { hide: true } }, async (_request, reply) =>
    reply.type("text/html; charset=utf-8").send(watchPage),
  );

  app.get(
    "/health",
    {
      schema: {
        description: "A hand-written Fastify route beside the gateway's.",
        response: { 200: { type: "object", properties: { status: { type: "string" } } } },
      },
    },
    async () => ({ status: "ok" }),
  );
  return app;
}
