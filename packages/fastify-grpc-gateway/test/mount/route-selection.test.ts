import assert from "node:assert/strict";
import { test } from "node:test";
import grpcGateway from "fastify-grpc-gateway";
import { shopApp, shopProto, shopServer } from "../shop.ts";

test("OPTIONS on a path of a binding goes to the app's own route", async (t) => {
  const app = await shopApp(t);
  app.options("*", async (_request, reply) => reply.code(204).header("x-own", "1").send());
  const answer = await app.inject({ method: "OPTIONS", url: "/v1/items/7" });
  assert.deepEqual([answer.statusCode, answer.headers["x-own"]], [204, "1"]);
});

test("OPTIONS on a path of a binding is the app's 404 where the app has no route", async (t) => {
  const app = await shopApp(t);
  const answer = await app.inject({ method: "OPTIONS", url: "/v1/items/7" });
  assert.equal(answer.statusCode, 404);
  assert.match(answer.json().message, /Route OPTIONS:\/v1\/items\/7 not found/);
});

test("a wrong method is told the methods of all gateways that have the path", async (t) => {
  const app = await shopApp(t, { name: "clock", services: ["shop.v1.Clock"] });
  await app.register(grpcGateway, {
    proto: shopProto,
    upstream: await shopServer(),
    name: "shop",
    services: ["shop.v1.Shop"],
    rules: [{ selector: "shop.v1.Shop.Unbound", put: "/v1/time" }],
  });
  const answer = await app.inject({ method: "DELETE", url: "/v1/time" });
  assert.equal(answer.statusCode, 405);
  assert.equal(answer.headers.allow, "GET, HEAD, PUT");
});

test("a gateway that answers for unknown paths does not hide the wrong method of another's path", async (t) => {
  const app = await shopApp(t, { name: "clock", services: ["shop.v1.Clock"], notFound: "table" });
  await app.register(grpcGateway, {
    proto: shopProto,
    upstream: await shopServer(),
    name: "shop",
    services: ["shop.v1.Shop"],
  });
  const wrong = await app.inject({ method: "DELETE", url: "/v1/names" });
  assert.deepEqual([wrong.statusCode, wrong.headers.allow], [405, "GET, HEAD"]);
  assert.equal((await app.inject("/v1/nothing")).json().code, 5);
});
