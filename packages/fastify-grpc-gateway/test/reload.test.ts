import assert from "node:assert/strict";
import type { ServerHttp2Session } from "node:http2";
import { type TestContext, test } from "node:test";
import { credentials, makeGenericClientConstructor } from "@grpc/grpc-js";
import Fastify from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import { createSchema, gatewayRegistry, loadSchema } from "grpc-transcoding";
import { compile } from "proto-to-descriptor";
import { listen, remoteShop, ShopLog, shopApp, shopProto, shopServer } from "./shop.ts";

const shopOnly = await loadSchema({ proto: shopProto }, { services: ["shop.v1.Shop"] });
const clockOnly = await loadSchema({ proto: shopProto }, { services: ["shop.v1.Clock"] });
const both = await loadSchema({ proto: shopProto });

/** An app whose gateway begins with the shop alone. */
async function appOfShop(t: TestContext, log = new ShopLog()) {
  const app = Fastify();
  t.after(() => app.close());
  await app.register(grpcGateway, { schema: shopOnly, upstream: await shopServer(log) });
  return app;
}

test("swaps the routes at once, while requests in flight finish on the old ones", async (t) => {
  const app = await appOfShop(t);
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const held = new Promise<void>((resolve) => {
    app.addHook("preHandler", async (request) => {
      if (!request.headers["x-hold"]) return;
      resolve();
      await released;
    });
  });
  await app.ready();
  const inFlight = app.inject({ url: "/v1/items/1", headers: { "x-hold": "1" } });
  await held;
  const before = gatewayRegistry(app.server).revision;

  await app.grpcGateway().reload(clockOnly);
  release();
  assert.equal((await inFlight).json().name, "items/1");
  assert.equal((await app.inject("/v1/items/1")).statusCode, 404);
  assert.deepEqual((await app.inject("/v1/time")).json(), { hour: 12 });
  assert.ok(gatewayRegistry(app.server).revision > before);
});

test("takes anything that a schema is loaded from, or the gateway's own source again", async (t) => {
  const app = await appOfShop(t);
  await app.grpcGateway().reload({ proto: shopProto });
  assert.equal((await app.inject("/v1/time")).statusCode, 200);
  await app.grpcGateway().reload();
  assert.equal((await app.inject("/v1/time")).statusCode, 404);
});

test("keeps to the services that the options name", async (t) => {
  const app = await shopApp(t, { services: ["shop.v1.Clock"] });
  await app.grpcGateway().reload(both);
  assert.equal((await app.inject("/v1/items/1")).statusCode, 404);
});

test("keeps the routes of handlePath", async (t) => {
  const app = await appOfShop(t);
  app.grpcGateway().handlePath("GET", "/v1/mine", async () => "mine");
  await app.grpcGateway().reload(clockOnly);
  assert.equal((await app.inject("/v1/mine")).body, "mine");
});

test("changes nothing when the new schema does not fit", async (t) => {
  const app = await appOfShop(t);
  app.grpcGateway().handlePath("GET", "/v1/time", async () => "mine");
  const conflict = app.grpcGateway().reload(both);
  await assert.rejects(conflict, { code: "FST_GRPC_CONFLICT" });
  const missing = app.grpcGateway().reload({ proto: "nowhere" });
  await assert.rejects(missing, { code: "FST_GRPC_SCHEMA" });
  assert.equal((await app.inject("/v1/time")).body, "mine");
  assert.equal((await app.inject("/v1/items/1")).statusCode, 200);
});

test("refuses an HTTP method that Fastify had no route for when it started", async (t) => {
  const text = `syntax = "proto3"; package purge;
    import "google/api/annotations.proto";
    message M {}
    service S { rpc Purge(M) returns (M) { option (google.api.http) = { custom: { kind: "PURGE" path: "/v1/all" } }; } }`;
  const { bundledProto } = await import("grpc-transcoding");
  const files = compile({
    files: ["purge.proto"],
    includeDirs: [],
    readFile: (name) => (name === "purge.proto" ? text : bundledProto(name)),
  });
  const purge = createSchema(files);
  const app = await appOfShop(t);
  await app.ready();
  await assert.rejects(app.grpcGateway().reload(purge), {
    code: "FST_GRPC_METHOD",
    message: /"PURGE"/,
  });
  assert.equal((await app.inject("/v1/items/1")).statusCode, 200);
});

const same = (bytes: Buffer): Buffer => bytes;

/** Calls methods of the app's port by their paths, with empty requests. */
function nativeCaller(t: TestContext, origin: string): (path: string) => Promise<unknown> {
  const Client = makeGenericClientConstructor({}, "Any");
  const client = new Client(origin.replace("http://", ""), credentials.createInsecure());
  t.after(() => client.close());
  return (path) =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, same, same, Buffer.alloc(0), (error, value) =>
        error ? reject(error) : resolve(value),
      );
    });
}

test("passes native calls of the new schema on", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  await app.register(grpcGateway, { schema: shopOnly, upstream: await remoteShop(t) });
  const call = nativeCaller(t, await listen(app));
  await assert.rejects(call("/shop.v1.Clock/GetTime"), { code: 12 });
  await app.grpcGateway().reload(both);
  assert.deepEqual(await call("/shop.v1.Clock/GetTime"), Buffer.from([8, 12]));
  await app.grpcGateway().reload(clockOnly);
  await assert.rejects(call("/shop.v1.Shop/ListNames"), { code: 12 });
});

for (const where of ["in this process", "elsewhere"]) {
  test(`a connection that lives through reloads gains nothing by them, the upstream ${where}`, async (t) => {
    const sessions: ServerHttp2Session[] = [];
    const app = Fastify({ http2: true });
    app.server.on("session", (session) => sessions.push(session));
    t.after(() => app.close());
    const upstream = where === "elsewhere" ? await remoteShop(t) : await shopServer();
    const services = ["shop.v1.*"];
    await app.register(grpcGateway, { schema: shopOnly, upstream, services });
    const call = nativeCaller(t, await app.listen({ port: 0, host: "127.0.0.1" }));
    await call("/shop.v1.Shop/ListNames");
    const [session] = sessions;
    const listeners = session?.listenerCount("close");
    for (let i = 0; i < 20; i++) {
      await app.grpcGateway().reload(i % 2 === 0 ? both : shopOnly);
      await call("/shop.v1.Shop/ListNames");
    }
    assert.equal(sessions.length, 1);
    assert.equal(session?.listenerCount("close"), listeners);
  });
}

test("leaves native gRPC as it was when another gateway serves a service of the new schema", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  const upstream = await remoteShop(t);
  await app.register(grpcGateway, { schema: shopOnly, upstream, prefix: "/one" });
  await app.register(grpcGateway, { schema: clockOnly, upstream, prefix: "/two" });
  const call = nativeCaller(t, await listen(app));
  await assert.rejects(app.grpcGateway("/one").reload(both), {
    code: "FST_GRPC_CONFLICT",
    message: /shop\.v1\.Clock/,
  });
  assert.equal((await app.inject("/one/v1/time")).statusCode, 404);
  assert.ok(await call("/shop.v1.Shop/ListNames"));
});
