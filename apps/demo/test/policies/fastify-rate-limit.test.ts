import assert from "node:assert/strict";
import { test } from "node:test";
import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyRequest } from "fastify";
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

for (const [name, by, keyGenerator] of [
  ["an address, as @fastify/rate-limit names it", "ip", undefined],
  ["an address, as the request has it", "ip", ({ ip }: FastifyRequest) => ip],
  ["a list of one", ["ip"], ({ ip }: FastifyRequest) => ip],
  ["nothing, one bucket for all", [], () => "whoever"],
] as const) {
  test(`hand-written routes and calls share a bucket by ${name}`, async (t) => {
    const { port } = await shopApp(t, {
      fastify: { trustProxy: "127.0.0.1" },
      before: async (app) => {
        const limits = { shop: { by, capacity: 2, refillPerSecond: 0 } };
        await app.register(grpcPolicies, { limits });
        await app.register(rateLimit, {
          global: false,
          store: app.grpcPolicies.rateLimitStore("shop"),
          ...(keyGenerator && { keyGenerator }),
        });
        app.get("/by-hand", { config: { rateLimit: { max: 2 } } }, async () => "ok");
      },
    });
    const byHand = (address: string) =>
      fetch(`http://127.0.0.1:${port}/by-hand`, { headers: { "x-forwarded-for": address } });
    const ask = askHttp1(port);
    assert.equal((await ask({ "x-forwarded-for": "2001:db8:1:2::5" })).ok, true);
    assert.equal((await byHand("2001:db8:1:2::6")).status, 200);
    assert.equal((await byHand("2001:db8:1:2::7")).status, 429);
  });
}

test("a request by hand costs what a call does, and one without a key shares the bucket of calls without", async (t) => {
  const { port } = await shopApp(t, {
    before: async (app) => {
      const limits = { shop: { by: "apiKey", capacity: 9, refillPerSecond: 0, cost: 3 } } as const;
      await app.register(grpcPolicies, { limits });
      await app.register(rateLimit, {
        global: false,
        store: app.grpcPolicies.rateLimitStore("shop"),
        keyGenerator: ({ headers }) => String(headers["x-api-key"] ?? ""),
      });
      app.get("/by-hand", { config: { rateLimit: { max: 9 } } }, async () => "ok");
    },
  });
  const byHand = () => fetch(`http://127.0.0.1:${port}/by-hand`);
  assert.equal((await byHand()).headers.get("x-ratelimit-remaining"), "6");
  assert.equal((await askHttp1(port)()).headers.ratelimit, '"shop";r=3');
  assert.equal((await byHand()).status, 200);
  assert.equal((await byHand()).status, 429);
});

test("a limit that no route can share is refused, and one that an update takes away is off", async (t) => {
  const rule = { capacity: 1, refillPerSecond: 0 };
  const { app, port } = await shopApp(t, {
    before: async (app) => {
      const limits = {
        shop: { by: [], ...rule },
        parts: { by: ["tenant", "method"], ...rule },
      } as const;
      await app.register(grpcPolicies, { limits, onStoreError: "refuse" });
      const { grpcPolicies: policies } = app;
      const code = "FST_GRPC_POLICIES_OPTION";
      assert.throws(() => policies.rateLimitStore("shpo"), {
        code,
        message:
          'fastify-grpc-policies: option rateLimitStore is "shpo": no limit has this name; there are "shop", "parts"',
      });
      assert.throws(() => policies.rateLimitStore("parts"), { code, message: /several parts/ });
      await app.register(rateLimit, { global: false, store: policies.rateLimitStore("shop") });
      app.get("/by-hand", { config: { rateLimit: { max: 1 } } }, async () => "ok");
    },
  });
  const byHand = () => fetch(`http://127.0.0.1:${port}/by-hand`);
  assert.equal((await byHand()).status, 200);
  assert.equal((await byHand()).status, 429);
  app.grpcPolicies.update({});
  for (let i = 0; i < 3; i += 1) assert.equal((await byHand()).status, 200);
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
