import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { Server } from "@grpc/grpc-js";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import grpcAuth from "fastify-grpc-auth";
import grpcErrors from "fastify-grpc-errors";
import grpcIdempotency from "fastify-grpc-idempotency";
import grpcOpenapi from "fastify-grpc-openapi";
import grpcPolicies from "fastify-grpc-policies";
import grpcTelemetry from "fastify-grpc-telemetry";
import grpcTenants from "fastify-grpc-tenants";
import { apiKeyPolicy } from "./api-key.ts";
import { groupUsers } from "./group-users.ts";
import { tokenOptions } from "./library-token.ts";
import { ownKey } from "./own-key.ts";
import { createTenantServers, libraryProtos } from "./service-server.ts";

/** The demo's tenants; their paths start here, wherever the document is. */
export const tenantsFile: string = fileURLToPath(new URL("../tenants.yaml", import.meta.url));

/** What the demo is built of. */
export interface DemoOptions {
  /** The services: a server of this process, or the address of one elsewhere. */
  readonly upstream: Server | string;
  /** What writes must send as `x-api-key`; without it anybody may write. */
  readonly apiKey?: string | undefined;
  /** What tokens are signed by, which those need who delete books; without it anybody may. */
  readonly tokenSecret?: Uint8Array | undefined;
  /** The tenants document. @default tenants.yaml of the demo */
  readonly tenants?: string | undefined;
  readonly fastify?: FastifyServerOptions;
}

/** Builds the demo without listening, for the server and for the tests. */
export async function buildApp({
  upstream,
  apiKey,
  tokenSecret,
  tenants = tenantsFile,
  fastify = {},
}: DemoOptions): Promise<FastifyInstance> {
  const app = Fastify(fastify);
  await app.register(swagger, { openapi: { info: { title: "Library", version: "1.0.0" } } });
  // Before the UI: then its /docs/json is served from cached text.
  await app.register(grpcOpenapi);
  const uiConfig = { showExtensions: true, configUrl: "/docs/documents.json" };
  await app.register(swaggerUi, { routePrefix: "/docs", uiConfig });
  await app.register(grpcErrors, { codes: { FAILED_PRECONDITION: 422 } });
  // Spans as well, where the process has an OpenTelemetry SDK.
  await app.register(grpcTelemetry, { accessLog: true, metrics: { path: "/metrics" } });
  if (tokenSecret !== undefined) await app.register(grpcAuth, tokenOptions(tokenSecret));
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
  // Of the methods that the protos name.
  await app.register(grpcIdempotency);
  // The gateway with tenants beside its own API: what names none of them is the library's.
  await app.register(grpcTenants, {
    file: tenants,
    root: dirname(tenantsFile),
    upstreams: await createTenantServers(),
    policies: { "own-key": ownKey },
    gateway: {
      proto: libraryProtos,
      upstream,
      partialResponses: true,
      prettyPrint: true,
      policies: apiKey ? [apiKeyPolicy(apiKey)] : [],
    },
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

  // Asked anew by each page of Swagger UI: the app's own document, and those of the tenants that there are.
  app.get("/docs/documents.json", { schema: { hide: true } }, async () => ({
    urls: [{ url: "/docs/json", name: "library" }, ...app.grpcTenants.urls()],
  }));

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
