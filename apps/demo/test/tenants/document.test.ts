import assert from "node:assert/strict";
import { test } from "node:test";
import swagger from "@fastify/swagger";
import Fastify from "fastify";
import grpcErrors, { createErrorTable } from "fastify-grpc-errors";
import grpcGateway from "fastify-grpc-gateway";
import grpcOpenapi, { type OpenApiDocument } from "fastify-grpc-openapi";
import { gatewayRegistry } from "grpc-transcoding";
import { createServiceServer, protoDir } from "../../src/service-server.ts";

test("a tenant's document tells its own API, JSON, errors and policies, and the app's document nothing of it", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  await app.register(swagger, { openapi: { openapi: "3.1.0" } });
  await app.register(grpcErrors);
  await app.register(grpcOpenapi, { openapi: "3.1.0" });
  const upstream = await createServiceServer();
  const header = ({ headers }: { headers: object }) =>
    (headers as Record<string, string>)["x-tenant-id"];
  const source = { proto: protoDir };
  await app.register(grpcGateway, { name: "main", ...source, upstream, tenant: header });
  await app.register(grpcGateway, {
    name: "other",
    prefix: "/other",
    ...source,
    services: ["library.*"],
    nativeGrpc: false,
    upstream,
    tenant: header,
  });
  const { tenants } = app.grpcGateway("main");
  const apiKey = { type: "apiKey", in: "header", name: "x-key" };
  await app.ready();
  const before = app.swagger();
  await tenants.set("red", {
    source,
    services: ["library.*"],
    prefix: "/red",
    json: { naming: "proto" },
    errors: createErrorTable({ codes: { NOT_FOUND: 410 } }),
    policies: [
      Object.assign(() => {}, { security: () => [{ name: "key", scheme: apiKey, scopes: [] }] }),
    ],
  });
  await app.grpcGateway("other").tenants.set("red", { prefix: "/elsewhere" });
  const text = JSON.stringify(app.swagger());
  assert.equal(text, JSON.stringify(before));
  const document = app.grpcOpenapi.document({ tenant: "red", gateway: "main" });
  const paths = Object.keys(document.paths);
  assert.ok(paths.length > 0 && paths.every((path) => path.startsWith("/red/v1/")), paths.join());
  assert.deepEqual(document.components.securitySchemes, { key: apiKey });
  const operation = document.paths["/red/v1/shelves/{shelf}/books/{book}"]?.get as unknown as {
    readonly responses: object;
  };
  assert.ok("410" in operation.responses);
  assert.ok(!("404" in operation.responses));
  const elsewhere = app.grpcOpenapi.document({ tenant: "red", gateway: "other" });
  assert.ok(Object.keys(elsewhere.paths).every((path) => path.startsWith("/other/elsewhere/v1/")));

  const etag = app.grpcOpenapi.etag({ tenant: "red", gateway: "main" });
  await tenants.set("red", { source, services: ["library.*"] });
  assert.notEqual(app.grpcOpenapi.etag({ tenant: "red", gateway: "main" }), etag);
  await tenants.stop("red");
  const stopped: OpenApiDocument = app.grpcOpenapi.document({ tenant: "red", gateway: "main" });
  assert.ok(stopped.paths["/v1/shelves"]);
  await tenants.delete("red");
  assert.deepEqual(
    gatewayRegistry(app.server).tenants.map(({ name }) => name),
    ["other"],
  );
});
