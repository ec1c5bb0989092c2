import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import { expectTypeOf } from "expect-type";
import Fastify, { type FastifyInstance } from "fastify";
import fastifyGrpcOpenapi, {
  type FastifyGrpcOpenapiOptions,
  type GrpcOpenapi,
  type OpenApiDocument,
} from "fastify-grpc-openapi";
import { gatewayRegistry } from "grpc-transcoding";
import { parse } from "yaml";
import { gatewayOf, librarySchema, schemaOf } from "./gateway-entry.ts";

const registrations: Record<string, (app: FastifyInstance) => Promise<void>> = {
  "swagger, UI, plugin": async (app) => {
    await app.register(swagger, { openapi: {} });
    await app.register(swaggerUi, { routePrefix: "/docs" });
    await app.register(fastifyGrpcOpenapi);
  },
  "plugin, swagger, UI": async (app) => {
    await app.register(fastifyGrpcOpenapi);
    await app.register(swagger, { openapi: {} });
    await app.register(swaggerUi, { routePrefix: "/docs" });
  },
  "plugin in a prefixed child scope": async (app) => {
    await app.register(swagger, { openapi: {} });
    await app.register(async (child) => void (await child.register(fastifyGrpcOpenapi)), {
      prefix: "/child",
    });
    await app.register(swaggerUi, { routePrefix: "/docs" });
  },
};

for (const [order, register] of Object.entries(registrations)) {
  test(`merges gateways into Swagger UI's document: ${order}`, async (t) => {
    const app = appOf(t);
    await register(app);
    app.get("/hand", { schema: { tags: ["hand"] } as object }, async () => "");
    gatewayRegistry(app.server).add(gatewayOf(librarySchema));
    await app.ready();

    const json = (await app.inject("/docs/json")).json();
    assert.equal(json.openapi, "3.0.3");
    assert.ok(json.paths["/hand"].get);
    assert.ok(json.paths["/v1/shelves/{shelf}/books/{book}"].get);
    assert.ok(json.components.schemas["library.v1.Book"]);
    assert.deepEqual(parse((await app.inject("/docs/yaml")).body), json);
  });
}

for (const [version, document] of [
  ["3.1.0", { openapi: { openapi: "3.1.0" } }],
  ["3.0.3", { swagger: {} }],
] as const) {
  test(`merges by transformObject into the host's ${Object.keys(document)[0]} document`, async (t) => {
    const app = appOf(t);
    await app.register(swagger, {
      ...document,
      transformObject: (host) => app.grpcOpenapi.transformObject(host),
    });
    await app.register(fastifyGrpcOpenapi, { decorator: false });
    app.get("/hand", async () => "");
    gatewayRegistry(app.server).add(gatewayOf(librarySchema));
    await app.ready();
    const merged = app.swagger() as unknown as OpenApiDocument;
    assert.equal(merged.openapi, version);
    assert.ok(merged.paths["/hand"]?.get);
    assert.ok(merged.paths["/v1/shelves"]?.get);
  });
}

test("follows gateways that come, change and go", async (t) => {
  const app = appOf(t);
  await app.register(swagger, { openapi: {} });
  await app.register(fastifyGrpcOpenapi);
  await app.ready();
  const registry = gatewayRegistry(app.server);
  const remove = registry.add(gatewayOf(librarySchema, { prefix: "/a" }));
  assert.ok(app.swagger().paths?.["/a/v1/shelves"]);
  registry.add(gatewayOf(librarySchema, { prefix: "/b" }));
  assert.ok(app.swagger().paths?.["/b/v1/shelves"]);
  assert.equal(app.swagger(), app.swagger());
  remove();
  assert.equal(app.swagger().paths?.["/a/v1/shelves"], undefined);
});

test("has types for its decorator and options", () => {
  expectTypeOf<FastifyInstance["grpcOpenapi"]>().toEqualTypeOf<GrpcOpenapi>();
  expectTypeOf<GrpcOpenapi["document"]>().returns.toEqualTypeOf<OpenApiDocument>();
  expectTypeOf<FastifyGrpcOpenapiOptions["oneof"]>().toEqualTypeOf<"guard" | "union" | undefined>();
});

test("serves its own document, with an entity tag, without @fastify/swagger", async (t) => {
  const app = appOf(t);
  await app.register(fastifyGrpcOpenapi, { openapi: "3.1.0", info: { title: "Library" } });
  const registry = gatewayRegistry(app.server);
  registry.add(gatewayOf(librarySchema, { prefix: "/api/v2" }));
  const first = await app.inject("/openapi.json");
  assert.equal(first.json().openapi, "3.1.0");
  assert.equal(first.json().info.title, "Library");
  const etag = String(first.headers.etag);
  const again = await app.inject({ url: "/openapi.json", headers: { "if-none-match": etag } });
  assert.equal(again.statusCode, 304);
  assert.equal(again.body, "");
  const yaml = await app.inject("/openapi.yaml");
  assert.deepEqual(parse(yaml.body), first.json());
  assert.deepEqual(app.grpcOpenapi.urls(), [{ url: "/openapi/api-v2.json", name: "api-v2" }]);
  const one = (await app.inject("/openapi/api-v2.json")).json();
  assert.ok(one.paths["/api/v2/v1/shelves"]);
  assert.equal((await app.inject("/openapi/other.json")).statusCode, 404);

  registry.add(gatewayOf(librarySchema, { prefix: "/more" }));
  const changed = await app.inject({ url: "/openapi.json", headers: { "if-none-match": etag } });
  assert.equal(changed.statusCode, 200);
  assert.notEqual(changed.headers.etag, etag);
});

test("sends Swagger UI the cached text when registered before it", async (t) => {
  const app = appOf(t);
  await app.register(swagger, { openapi: {} });
  await app.register(fastifyGrpcOpenapi);
  await app.register(swaggerUi, { routePrefix: "/docs" });
  gatewayRegistry(app.server).add(gatewayOf(librarySchema));
  await app.ready();
  const { body, headers } = await app.inject("/docs/json");
  assert.match(String(headers["content-type"]), /^application\/json/);
  assert.equal(body, JSON.stringify(app.swagger()));
  // Proof that the text is the cached one: the object has lost a path, the text has not.
  delete (app.swagger().paths as Record<string, unknown>)["/v1/shelves"];
  assert.ok((await app.inject("/docs/json")).json().paths["/v1/shelves"]);
});

test("takes paths out of the base path of the host's servers", async (t) => {
  const app = appOf(t);
  await app.register(swagger, { openapi: { servers: [{ url: "/api" }] } });
  await app.register(fastifyGrpcOpenapi);
  gatewayRegistry(app.server).add(gatewayOf(librarySchema, { prefix: "/api" }));
  gatewayRegistry(app.server).add(gatewayOf(librarySchema, { prefix: "/apix" }));
  await app.ready();
  const paths = app.swagger().paths ?? {};
  assert.ok(paths["/v1/shelves"]);
  assert.deepEqual((paths["/apix/v1/shelves"] as { servers: unknown }).servers, [{ url: "/" }]);
});

test("gives way to the app's own routes and names", async (t) => {
  const app = appOf(t);
  await app.register(swagger, { openapi: {} });
  await app.register(fastifyGrpcOpenapi);
  app.get("/v1/shelves", { schema: { summary: "mine" } }, async () => "");
  app.delete("/v1/shelves/:id/books/:bookId", { schema: { summary: "mine too" } }, async () => "");
  app.get("/x", { schema: { operationId: "LibraryService_GetBook" } as object }, async () => "");
  gatewayRegistry(app.server).add(gatewayOf(librarySchema));
  await app.ready();
  const { paths } = app.swagger() as unknown as OpenApiDocument;
  assert.equal(paths["/v1/shelves"]?.get?.summary, "mine");
  assert.ok(paths["/v1/shelves"]?.post);
  const item = paths["/v1/shelves/{id}/books/{bookId}"];
  assert.equal(item?.delete?.summary, "mine too");
  assert.equal(paths["/v1/shelves/{shelf}/books/{book}"], undefined);
  const names = item?.get?.parameters?.map(({ name }) => name);
  assert.deepEqual(names, ["id", "bookId"]);
  assert.equal(item?.get?.operationId, "LibraryService_GetBook_1");
});

test("makes an OpenAPI document of a host that writes Swagger 2", async (t) => {
  const app = appOf(t);
  await app.register(swagger);
  await app.register(fastifyGrpcOpenapi);
  const body = { type: "object", properties: { title: { type: "string" } } };
  const querystring = { type: "object", properties: { page: { type: "integer" } } };
  app.post("/hand", { schema: { body, querystring, response: { 200: body } } }, async () => ({}));
  gatewayRegistry(app.server).add(gatewayOf(librarySchema));
  await app.ready();
  const document = app.swagger() as unknown as OpenApiDocument;
  assert.equal(document.openapi, "3.0.3");
  assert.ok(document.paths["/v1/shelves"]?.get);
  const hand = document.paths["/hand"]?.post;
  assert.deepEqual(hand?.requestBody?.content["application/json"]?.schema, body);
  assert.deepEqual(hand?.responses["200"]?.content?.["application/json"]?.schema, body);
  assert.deepEqual(hand?.parameters, [{ name: "page", in: "query", schema: { type: "integer" } }]);
  assert.equal(app.swagger(), app.swagger());
});

test("tells apart what two gateways print in two ways", async (t) => {
  const schema = schemaOf({
    "a.proto": `syntax = "proto3"; package a; import "google/api/annotations.proto";
      service S { rpc Get(Outer) returns (Outer) { option (google.api.http) = { post: "/s" body: "*" }; } }
      message Outer { Inner inner_one = 1; Plain plain = 2; } message Inner { int32 some_field = 1; }
      message Plain { int32 x = 1; }`,
  });
  const app = appOf(t);
  await app.register(fastifyGrpcOpenapi);
  const registry = gatewayRegistry(app.server);
  registry.add(gatewayOf(schema, { prefix: "/one" }));
  const json = { ...gatewayOf(schema).json, naming: "proto" as const };
  registry.add(gatewayOf(schema, { prefix: "/two", json }));
  const { paths, components } = app.grpcOpenapi.document();
  const names = Object.keys(components.schemas ?? {}).filter((name) => name.startsWith("a."));
  assert.deepEqual(names.sort(), ["a.Inner", "a.Inner.two", "a.Outer", "a.Outer.two", "a.Plain"]);
  const two = paths["/two/s"]?.post?.requestBody?.content["application/json"]?.schema;
  assert.deepEqual(two, { $ref: "#/components/schemas/a.Outer.two" });
  assert.deepEqual(components.schemas?.["a.Outer.two"]?.properties?.inner_one, {
    $ref: "#/components/schemas/a.Inner.two",
  });
});

for (const [what, options, message] of [
  [
    "an unknown option",
    { opanapi: "3.0.3" },
    /unknown option "opanapi"; there are: openapi, .*, visibility/,
  ],
  ["an OpenAPI version of its own", { openapi: "2.0" }, /"2.0" is none of 3.0, 3.1, 3.2/],
  ["a value that is no choice", { oneof: "maybe" }, /oneof is "maybe"; give one of guard, union/],
  ["a route that is no path", { routes: { json: "x" } }, /routes.json is "x"/],
] as const) {
  test(`refuses ${what}`, async (t) => {
    const app = appOf(t);
    await assert.rejects(
      async () => void (await app.register(fastifyGrpcOpenapi, options as object)),
      {
        code: "FST_GRPC_OPENAPI_OPTION",
        message,
      },
    );
  });
}

function appOf(t: TestContext): FastifyInstance {
  const app = Fastify();
  t.after(() => app.close());
  return app;
}
