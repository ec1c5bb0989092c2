import assert from "node:assert/strict";
import { test } from "node:test";
import Fastify from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import { relayTo } from "./relay.ts";
import { remoteShop, shopProto } from "./shop.ts";

test("a refused registration closes the channel that it has opened", {
  timeout: 5_000,
}, async (t) => {
  // The shop has no reflection, so the schema cannot be loaded: by then the channel is connected.
  const shop = await remoteShop(t);
  const relay = await relayTo(t, Number(shop.split(":")[1]));
  const app = Fastify();
  t.after(() => app.close());
  await assert.rejects(
    async () =>
      app.register(grpcGateway, { reflection: true, upstream: `127.0.0.1:${relay.port}` }),
    { code: "FST_GRPC_SCHEMA" },
  );
  assert.equal(relay.accepted, 1);
  await relay.empty();
});

test("closing an app closes the channels of its gateways", { timeout: 5_000 }, async (t) => {
  const shop = await remoteShop(t);
  const relay = await relayTo(t, Number(shop.split(":")[1]));
  const app = Fastify();
  await app.register(grpcGateway, { proto: shopProto, upstream: `127.0.0.1:${relay.port}` });
  assert.equal((await app.inject("/v1/items/7")).statusCode, 200);
  assert.equal(relay.connections.size, 1);
  await app.close();
  await relay.empty();
});
