import assert from "node:assert/strict";
import { test } from "node:test";
import multipart from "@fastify/multipart";
import { shopApp } from "./shop.ts";

test("serves a template by a Fastify handler, with path variables as strings", async (t) => {
  const app = await shopApp(t, { prefix: "/api" });
  app
    .grpcGateway()
    .handlePath("GET", "/v1/{name=groups/*}/users/{id}", async (request) => request.params);
  const response = await app.inject("/api/v1/groups/7/users/a%20b");
  assert.deepEqual(response.json(), { name: "groups/7", id: "a b" });
  assert.equal((await app.inject("/api/v1/items/7")).json().name, "items/7");
});

test("lets Fastify parse the body: JSON, and uploads by @fastify/multipart", async (t) => {
  const app = await shopApp(t);
  await app.register(multipart);
  const gateway = app.grpcGateway();
  gateway.handlePath("POST", "/v1/{name=items/*}:rename", async (request) => request.body);
  gateway.handlePath("POST", "/v1/{name=items/*}:upload", async (request) => {
    const file = await request.file();
    return { ...(request.params as object), bytes: (await file?.toBuffer())?.length };
  });
  const json = await app.inject({
    method: "POST",
    url: "/v1/items/1:rename",
    payload: { to: "x" },
  });
  assert.deepEqual(json.json(), { to: "x" });
  const payload = new FormData();
  payload.set("file", new Blob(["12345"]), "five.txt");
  const encoded = new Response(payload);
  const upload = await app.inject({
    method: "POST",
    url: "/v1/items/1:upload",
    payload: Buffer.from(await encoded.arrayBuffer()),
    headers: { "content-type": encoded.headers.get("content-type") as string },
  });
  assert.deepEqual(upload.json(), { name: "items/1", bytes: 5 });
});

test("runs the hooks and error handler of the scope that it is called in", async (t) => {
  const app = await shopApp(t);
  await app.register(async (scope) => {
    scope.addHook("preHandler", async (_request, reply) => void reply.header("x-scope", "1"));
    scope.setErrorHandler((error, _request, reply) =>
      reply.code(418).send((error as Error).message),
    );
    scope.grpcGateway().handlePath("GET", "/v1/teapots", async () => {
      throw new Error("short and stout");
    });
  });
  const response = await app.inject("/v1/teapots");
  assert.equal(response.statusCode, 418);
  assert.equal(response.body, "short and stout");
  assert.equal(response.headers["x-scope"], "1");
});

test("has the precedence of the table: a literal before a variable", async (t) => {
  const app = await shopApp(t);
  app.grpcGateway().handlePath("GET", "/v1/items/first", async () => "the first");
  assert.equal((await app.inject("/v1/items/first")).body, "the first");
  assert.equal((await app.inject("/v1/items/second")).json().name, "items/second");
});

test("refuses a malformed template and a scope beside the gateway's prefix", async (t) => {
  const app = await shopApp(t, { prefix: "/api" });
  assert.throws(() => app.grpcGateway().handlePath("GET", "v1", async () => ""), {
    code: "FST_GRPC_OPTION",
    message: /handlePath.*"\/"/,
  });
  await app.register(
    async (scope) => {
      assert.throws(() => scope.grpcGateway().handlePath("GET", "/v1/x", async () => ""), {
        code: "FST_GRPC_OPTION",
        message: /"\/other".*"\/api"/,
      });
    },
    { prefix: "/other" },
  );
});
