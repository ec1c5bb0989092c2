import assert from "node:assert/strict";
import { test } from "node:test";
import { type BucketDemand, createMemoryStore } from "fastify-grpc-policies";

function demand(limit: string, key: string, cost = 1): BucketDemand {
  return { limit, key, cost, capacity: 3, refillPerSecond: 0 };
}

test("several buckets are taken from all together or not at all", () => {
  const store = createMemoryStore({ now: () => 0 });
  const both = [demand("tenant", "acme"), demand("ip", "1.2.3.4", 2)];
  assert.deepEqual(store.take(both), {
    taken: true,
    buckets: [
      { remaining: 2, waitMs: 0 },
      { remaining: 1, waitMs: 0 },
    ],
  });
  assert.deepEqual(store.take(both), {
    taken: false,
    buckets: [
      { remaining: 2, waitMs: 0 },
      { remaining: 1, waitMs: Number.POSITIVE_INFINITY },
    ],
  });
  assert.equal(store.take([demand("tenant", "acme", 2)]).taken, true);
});

test("no limit keeps more keys than the bound: the one that was idle longest goes, and none of another limit", () => {
  const store = createMemoryStore({ maxKeys: 100, now: () => 0 });
  store.take([demand("tenant", "acme", 3)]);
  store.take([demand("ip", "busy", 1)]);
  for (let i = 0; i < 10_000; i += 1) {
    if (i % 50 === 0) store.take([demand("ip", "busy", 0)]);
    store.take([demand("ip", `10.0.${i >> 8}.${i & 255}`)]);
  }
  assert.equal(store.size, 101);
  assert.equal(store.take([demand("tenant", "acme")]).taken, false);
  assert.equal(store.take([demand("ip", "busy", 3)]).taken, false, "it was never idle");
});

test("a limit that nobody asks for any more is forgotten once its buckets would be full", () => {
  let now = 0;
  const store = createMemoryStore({ now: () => now });
  const renewed = { ...demand("gone", "acme"), refillPerSecond: 0.01 };
  store.take([renewed, demand("trial", "acme", 3)]);
  store.take([{ ...renewed, key: "pay" }]);
  now += 100_000;
  for (let i = 0; i < 3; i += 1) store.take([demand("other", "acme", 0)]);
  assert.equal(store.size, 4);
  now += 3_600_000;
  store.take([demand("other", "acme", 0)]);
  assert.equal(store.size, 2);
  assert.equal(store.take([demand("trial", "acme")]).taken, false, "a quota is never renewed");
});

test("names that objects have by themselves are keys as any other", () => {
  const store = createMemoryStore({ now: () => 0 });
  for (const name of ["__proto__", "constructor", ""]) {
    assert.equal(store.take([demand(name, name, 3)]).taken, true);
    assert.equal(store.take([demand(name, name)]).taken, false);
  }
});

test("a smaller capacity holds at once", () => {
  const store = createMemoryStore({ now: () => 0 });
  store.take([demand("tenant", "acme", 0)]);
  const smaller = { ...demand("tenant", "acme", 2), capacity: 1 };
  assert.equal(store.take([smaller]).taken, false);
});
