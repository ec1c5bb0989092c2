import assert from "node:assert/strict";
import { test } from "node:test";
import { credentials, makeGenericClientConstructor } from "@grpc/grpc-js";
import { gatewayRegistry, loadSchema } from "grpc-transcoding";
import { listen, remoteShop, ShopLog, shopApp, shopProto, shopServer } from "./shop.ts";

const clockOnly = () => loadSchema({ proto: shopProto }, { services: ["shop.v1.Clock"] });

test("swaps the routes at once, while requests in flight finish on the old ones", async (t) => {
  const log = new ShopLog();
  const app = await shopApp(t, { upstream: await shopServer(log), services: ["shop.v1.Shop"] });
  await app.ready();
  const waiting = app.inject({ url: "/v1/items/1:wait", headers: { "grpc-timeout": "200m" } });
  assert.equal((await app.inject("/v1/items/1")).statusCode, 200);
  const before = gatewayRegistry(app.server).revision;

  app.grpcGateway().reload(await clockOnly());
  assert.equal((await app.inject("/v1/items/1")).statusCode, 404);
  assert.deepEqual((await app.inject("/v1/time")).json(), { hour: 12 });
  assert.ok(gatewayRegistry(app.server).revision > before);
  assert.equal((await waiting).statusCode, 504);
});

test("keeps the routes of handlePath", async (t) => {
  const app = await shopApp(t);
  app.grpcGateway().handlePath("GET", "/v1/mine", async () => "mine");
  app.grpcGateway().reload(await clockOnly());
  assert.equal((await app.inject("/v1/mine")).body, "mine");
});

test("changes nothing when the new schema does not fit", async (t) => {
  const app = await shopApp(t, { services: ["shop.v1.Shop"] });
  app.grpcGateway().handlePath("GET", "/v1/time", async () => "mine");
  assert.throws(() => app.grpcGateway().reload(schema), { code: "FST_GRPC_CONFLICT" });
  assert.equal((await app.inject("/v1/time")).body, "mine");
  assert.equal((await app.inject("/v1/items/1")).statusCode, 200);
});
const schema = await clockOnly();

test("passes native calls of the new schema on", async (t) => {
  const app = await shopApp(t, { upstream: await remoteShop(t), services: ["shop.v1.Shop"] });
  const origin = await listen(app);
  const Client = makeGenericClientConstructor({}, "Clock");
  const client = new Client(origin.replace("http://", ""), credentials.createInsecure());
  t.after(() => client.close());
  const same = (bytes: Buffer) => bytes;
  const call = () =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        "/shop.v1.Clock/GetTime",
        same,
        same,
        Buffer.alloc(0),
        (error, value) => (error ? reject(error) : resolve(value)),
      );
    });
  await assert.rejects(call(), { code: 12 });
  app.grpcGateway().reload(schema);
  assert.deepEqual(await call(), Buffer.from([8, 12]));
});
