import assert from "node:assert/strict";
import { test } from "node:test";
import Fastify from "fastify";
import grpcErrors from "fastify-grpc-errors";
import grpcGateway from "fastify-grpc-gateway";
import { createServiceServer, protoDir } from "../../src/service-server.ts";

test("the error table answers each tenant by its own rules", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  await app.register(grpcErrors, {
    tenants: ["legacy"],
    // biome-ignore lint/suspicious/noThenProperty: a rule of the table, not a thenable.
    rules: [{ when: { tenant: "legacy", code: "NOT_FOUND" }, then: { status: 410 } }],
  });
  await app.register(grpcGateway, {
    proto: protoDir,
    upstream: await createServiceServer(),
    tenant: ({ headers }) => headers["x-tenant-id"] as string | undefined,
  });
  const get = async (tenant: string) =>
    (await app.inject({ url: "/v1/shelves/x/books/y", headers: { "x-tenant-id": tenant } }))
      .statusCode;
  assert.equal(await get("legacy"), 410);
  assert.equal(await get("other"), 404);
});
