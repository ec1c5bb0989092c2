import assert from "node:assert/strict";
import { test } from "node:test";
import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";
import grpcPolicies, { createMemoryStore, type LimitStore } from "fastify-grpc-policies";
import { askHttp1, askNative, shopApp } from "./shop.ts";

const key = { "x-api-key": "alice" };

function withRoute(options: { store: LimitStore; onStoreError?: "allow" | "refuse" }) {
  return async (app: FastifyInstance): Promise<void> => {
    const limits = { shop: { by: "apiKey", capacity: 5, refillPerSecond: 2 } } as const;
    await app.register(grpcPolicies, { limits, ...options });
    await app.register(rateLimit, {
      global: false,
      store: app.grpcPolicies.rateLimitStore("shop"),
      keyGenerator: ({ headers }) => String(headers["x-api-key"]),
    });
    app.get("/by-hand", { config: { rateLimit: { max: 5 } } }, async () => "ok");
  };
}

test("hand-written routes and calls share the buckets of a limit by @fastify/rate-limit", async (t) => {
  const clock = { now: 0 };
  const store = createMemoryStore({ now: () => clock.now });
  const { port } = await shopApp(t, { before: withRoute({ store }) });
  const byHand = (headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${port}/by-hand`, { headers });
  assert.equal((await askHttp1(port)(key)).ok, true);
  assert.equal((await askNative(t, port)(key)).ok, true);
  const passed = await byHand(key);
  assert.equal(passed.status, 200);
  assert.equal(passed.headers.get("x-ratelimit-limit"), "5");
  assert.equal(passed.headers.get("x-ratelimit-remaining"), "2");
  assert.equal(passed.headers.get("x-ratelimit-reset"), "2");
  assert.equal((await byHand(key)).status, 200);
  assert.equal((await askHttp1(port)(key)).ok, true);
  const refused = await byHand(key);
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("retry-after"), "1");
  assert.equal((await askNative(t, port)(key)).ok, false);
  assert.equal((await byHand({ "x-api-key": "bob" })).status, 200);
  clock.now += 500;
  assert.equal((await byHand(key)).status, 200);
  assert.equal((await byHand(key)).status, 429);
});

test("a store that fails lets hand-written routes pass, or refuses them with 503, as it does calls", async (t) => {
  const store: LimitStore = { take: () => Promise.reject(new Error("gone")) };
  for (const [onStoreError, status] of [
    ["allow", 200],
    ["refuse", 503],
  ] as const) {
    const { port } = await shopApp(t, { before: withRoute({ store, onStoreError }) });
    const response = await fetch(`http://127.0.0.1:${port}/by-hand`, { headers: key });
    assert.equal(response.status, status);
    assert.doesNotMatch(await response.text(), /gone/);
  }
});
