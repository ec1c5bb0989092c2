import assert from "node:assert/strict";
import { test } from "node:test";
import { ShopLog, shopApp, shopServer } from "./shop.ts";

// Behaviour of grpc-gateway v2.30 for clients of the preset: runtime/mux.go, handler.go, context.go, query.go.

test("prints all fields, and messages that are not set as null", async (t) => {
  const app = await shopApp(t, { preset: "grpc-gateway" });
  const response = await app.inject("/v1/items/7");
  assert.equal(response.headers["content-type"], "application/json");
  assert.deepEqual(response.json(), { name: "items/7", price: "0", picture: "", tags: [] });
});

test("ignores unknown query parameters and body fields, and any content type", async (t) => {
  const app = await shopApp(t, { preset: "grpc-gateway" });
  const response = await app.inject({
    method: "POST",
    url: "/v1/items?utm_source=mail",
    payload: '{"price":5,"colour":"red"}',
    headers: { "content-type": "application/octet-stream" },
  });
  assert.equal(response.json().price, "5");
});

test("answers 501 for a wrong method and 404 with a status for an unknown path", async (t) => {
  const app = await shopApp(t, { preset: "grpc-gateway" });
  const wrong = await app.inject({ method: "DELETE", url: "/v1/items/7" });
  assert.equal(wrong.statusCode, 501);
  assert.deepEqual(wrong.json(), { code: 12, message: "Method Not Allowed", details: [] });
  const unknown = await app.inject("/v1/nothing");
  assert.equal(unknown.statusCode, 404);
  assert.deepEqual(unknown.json(), { code: 5, message: "Not Found", details: [] });
});

test("maps headers as grpc-gateway does, both ways", async (t) => {
  const log = new ShopLog();
  const app = await shopApp(t, { preset: "grpc-gateway", upstream: await shopServer(log) });
  const response = await app.inject({
    url: "/v1/items/7",
    headers: { "grpc-metadata-shelf": "3", authorization: "Bearer t", "x-other": "no" },
  });
  const metadata = log.metadata.at(-1);
  assert.deepEqual(metadata?.get("shelf"), ["3"]);
  assert.deepEqual(metadata?.get("authorization"), ["Bearer t"]);
  assert.deepEqual(metadata?.get("grpcgateway-authorization"), ["Bearer t"]);
  assert.deepEqual(metadata?.get("x-other"), []);
  assert.equal(response.headers["grpc-metadata-x-shelf"], "12");
});

test("never lets a stripped prefix reach a header of the connection", async (t) => {
  const log = new ShopLog();
  const app = await shopApp(t, { preset: "grpc-gateway", upstream: await shopServer(log) });
  await app.inject({
    url: "/v1/items/7",
    headers: { "grpc-metadata-connection": "close", "grpc-metadata-transfer-encoding": "chunked" },
  });
  const metadata = log.metadata.at(-1);
  assert.deepEqual(metadata?.get("connection"), []);
  assert.deepEqual(metadata?.get("transfer-encoding"), []);
});

test("answers trailing metadata as HTTP trailers to clients that take them", async (t) => {
  const app = await shopApp(t, { preset: "grpc-gateway" });
  const plain = await app.inject("/v1/items/7");
  assert.equal(plain.headers["grpc-metadata-x-took"], undefined);
  assert.deepEqual(plain.trailers, {});
  const taking = await app.inject({ url: "/v1/items/7", headers: { te: "trailers" } });
  assert.equal(taking.headers.trailer, "grpc-trailer-x-took");
  assert.equal(taking.trailers["grpc-trailer-x-took"], "5");
  assert.equal(taking.json().name, "items/7");
});
