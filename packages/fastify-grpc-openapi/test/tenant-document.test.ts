import assert from "node:assert/strict";
import { test } from "node:test";
import Fastify from "fastify";
import fastifyGrpcOpenapi from "fastify-grpc-openapi";
import { gatewayRegistry } from "grpc-transcoding";
import { gatewayOf, librarySchema, schemaOf } from "./gateway-entry.ts";

const clock = schemaOf({
  "clock.proto": `syntax = "proto3"; package clock.v1; import "google/api/annotations.proto";
    message Ask {} message Time { int32 hour = 1; }
    service Clock { rpc GetTime(Ask) returns (Time) { option (google.api.http) = { get: "/v1/time" }; } }`,
});

test("a tenant's document is its own alone, follows its generations, and is no part of any other", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  await app.register(fastifyGrpcOpenapi);
  const registry = gatewayRegistry(app.server);
  registry.add(gatewayOf(librarySchema, { name: "main" }));
  const whole = app.grpcOpenapi.document();
  const tenant = (name: string, of: typeof clock, prefix = "") =>
    registry.addTenant({ ...gatewayOf(of, { name: "main", prefix }), tenant: name });
  tenant("red", clock, "/red");
  tenant("blue", librarySchema);
  const { grpcOpenapi } = app;
  assert.deepEqual(Object.keys(grpcOpenapi.document({ tenant: "red" }).paths), ["/red/v1/time"]);
  assert.ok(grpcOpenapi.document({ tenant: "blue", gateway: "main" }).paths["/v1/shelves"]);
  assert.equal(grpcOpenapi.document(), whole, "made anew for a tenant");
  assert.equal(grpcOpenapi.document("main").paths["/red/v1/time"], undefined);
  assert.deepEqual(grpcOpenapi.urls().length, 1);
  const [before, blue] = [
    grpcOpenapi.etag({ tenant: "red" }),
    grpcOpenapi.json({ tenant: "blue" }),
  ];
  assert.equal(grpcOpenapi.document({ tenant: "red" }), grpcOpenapi.document({ tenant: "red" }));

  const leave = tenant("red", clock, "/crimson");
  assert.notEqual(grpcOpenapi.etag({ tenant: "red" }), before);
  assert.match(grpcOpenapi.yaml({ tenant: "red" }), /\/crimson\/v1\/time:/);
  assert.equal(grpcOpenapi.json({ tenant: "blue" }), blue);
  leave();
  for (const which of [{ tenant: "red" }, { tenant: "blue", gateway: "other" }, "red"]) {
    assert.throws(() => grpcOpenapi.document(which), { code: "FST_GRPC_OPENAPI_GATEWAY" });
  }
});

test("a tenant's document is made anew when its gateway, or its error table, changes", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  await app.register(fastifyGrpcOpenapi);
  const entry = { ...gatewayOf(clock, { name: "main" }), tenant: "red", revision: 0 };
  gatewayRegistry(app.server).addTenant(entry);
  const { grpcOpenapi } = app;
  const before = grpcOpenapi.document({ tenant: "red" });
  Object.assign(entry, { bindings: [] });
  assert.equal(grpcOpenapi.document({ tenant: "red" }), before);
  entry.revision += 1;
  assert.deepEqual(grpcOpenapi.document({ tenant: "red" }).paths, {});
});

test("a route of the app sends a tenant's document with its entity tag, or 304", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  await app.register(fastifyGrpcOpenapi);
  gatewayRegistry(app.server).addTenant({ ...gatewayOf(clock), tenant: "red" });
  app.get("/red.:format", (request, reply) =>
    app.grpcOpenapi.send(
      request,
      reply,
      { tenant: "red" },
      (request.params as { format: "json" | "yaml" }).format,
    ),
  );
  const json = await app.inject("/red.json");
  assert.equal(json.headers.etag, app.grpcOpenapi.etag({ tenant: "red" }));
  assert.ok(json.json().paths["/v1/time"]);
  const yaml = await app.inject("/red.yaml");
  assert.match(String(yaml.headers["content-type"]), /yaml/);
  const again = await app.inject({
    url: "/red.json",
    headers: { "if-none-match": String(json.headers.etag) },
  });
  assert.equal(again.statusCode, 304);
});
