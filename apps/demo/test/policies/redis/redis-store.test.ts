import assert from "node:assert/strict";
import { stat } from "node:fs";
import { type TestContext, test } from "node:test";
import {
  type BucketDemand,
  createRedisStore,
  type RedisClient,
  type RedisStoreOptions,
} from "fastify-grpc-policies";
import { Redis } from "ioredis";
import { redisServer, withoutRedis } from "./redis-server.ts";

function connect(t: TestContext, port: number): Redis {
  const client = new Redis({ port, host: "127.0.0.1", retryStrategy: () => 20 });
  // The app's affair: without a listener ioredis prints each.
  client.on("error", () => {});
  t.after(() => client.disconnect());
  return client;
}

function demand(limit: string, key: string, cost = 1): BucketDemand {
  return { limit, key, cost, capacity: 3, refillPerSecond: 0 };
}

test("several buckets are taken from all together or not at all", {
  skip: withoutRedis,
}, async (t) => {
  const client = connect(t, (await redisServer(t)).port);
  const store = createRedisStore({ client });
  const both = [demand("tenant", "acme"), demand("ip", "1.2.3.4", 2)];
  assert.deepEqual(await store.take(both), {
    taken: true,
    buckets: [
      { remaining: 2, waitMs: 0 },
      { remaining: 1, waitMs: 0 },
    ],
  });
  assert.deepEqual(await store.take(both), {
    taken: false,
    buckets: [
      { remaining: 2, waitMs: 0 },
      { remaining: 1, waitMs: Number.POSITIVE_INFINITY },
    ],
  });
  assert.equal((await store.take([demand("tenant", "acme", 2)])).taken, true);
});

test("the keys of a limiter have one hash tag, and go when their bucket is full", {
  skip: withoutRedis,
}, async (t) => {
  const client = connect(t, (await redisServer(t)).port);
  const store = createRedisStore({ client, name: "shop" });
  const renewed = { ...demand("tenant", "a{b}c"), refillPerSecond: 2 };
  await store.take([renewed, demand("trial", "")]);
  assert.deepEqual((await client.keys("*")).sort(), ["{shop}:tenant:a{b}c", "{shop}:trial:"]);
  const ttl = await client.pttl("{shop}:tenant:a{b}c");
  assert.ok(ttl > 1000 && ttl <= 1500, String(ttl));
  assert.equal(await client.pttl("{shop}:trial:"), -1, "a quota is never forgotten");
});

test("a bucket fills by the server's clock, with its fractions, and its wait is enough", {
  skip: withoutRedis,
}, async (t) => {
  const client = connect(t, (await redisServer(t)).port);
  const store = createRedisStore({ client });
  const micros = async (): Promise<number> => {
    const [seconds, rest] = await client.time();
    return Number(seconds) * 1e6 + Number(rest);
  };
  const rule = { limit: "a", key: "", cost: 1, capacity: 3, refillPerSecond: 50 };
  const began = await micros();
  let passed = 0;
  while (passed < 12) {
    const { taken, buckets } = await store.take([rule]);
    if (taken) passed += 1;
    else {
      const wait = buckets[0]?.waitMs ?? 0;
      assert.ok(wait > 0 && wait <= 20, String(wait));
      const until = (await micros()) + wait * 1000;
      while ((await micros()) < until);
    }
  }
  const seconds = ((await micros()) - began) / 1e6;
  assert.ok(passed <= 3 + 50 * seconds, `${passed} in ${seconds} s`);
  assert.ok(seconds >= 9 / 50);
});

test("a server clock that went back gives nothing, and holds nobody up", {
  skip: withoutRedis,
}, async (t) => {
  const client = connect(t, (await redisServer(t)).port);
  const store = createRedisStore({ client });
  const rule = { ...demand("a", "", 3), refillPerSecond: 100 };
  const [seconds = 0] = await client.time();
  const ahead = String((Number(seconds) + 3600) * 1e6);
  await client.hset("{fastify-grpc}:a:", "tokens", "0", "at", ahead);
  assert.equal((await store.take([rule])).taken, false);
  const began = performance.now();
  while (!(await store.take([rule])).taken) assert.ok(performance.now() - began < 5000);
});

test("a bucket whose limit was made slower is kept for as long as it needs now", {
  skip: withoutRedis,
}, async (t) => {
  const client = connect(t, (await redisServer(t)).port);
  const store = createRedisStore({ client });
  const rule = { ...demand("a", "", 3), refillPerSecond: 3 };
  assert.equal((await store.take([rule])).taken, true);
  assert.equal((await store.take([{ ...rule, refillPerSecond: 0.01 }])).taken, false);
  assert.ok((await client.pttl("{fastify-grpc}:a:")) > 200_000);
  assert.equal((await store.take([rule])).taken, false);
  assert.ok((await client.pttl("{fastify-grpc}:a:")) > 200_000, "no shorter");
  assert.equal((await store.take([{ ...rule, refillPerSecond: 0 }])).taken, false);
  assert.equal(await client.pttl("{fastify-grpc}:a:"), -1);
});

test("a server that forgot the script is given it again", { skip: withoutRedis }, async (t) => {
  const client = connect(t, (await redisServer(t)).port);
  const store = createRedisStore({ client });
  await store.take([demand("a", "")]);
  await client.script("FLUSH");
  assert.equal((await store.take([demand("a", "")])).buckets[0]?.remaining, 1);
  assert.equal((await store.take([demand("a", "")])).buckets[0]?.remaining, 0);
});

test("a server that is killed fails at once, and serves again when it is back", {
  skip: withoutRedis,
}, async (t) => {
  const server = await redisServer(t);
  const client = connect(t, server.port);
  const store = createRedisStore({ client });
  await store.take([demand("a", "")]);
  const closed = new Promise((resolve) => client.once("close", resolve));
  await server.kill("SIGKILL");
  await closed;
  await assert.rejects(
    async () => store.take([demand("a", "")]),
    /Redis is gone|has not answered|closed/,
  );
  const ready = new Promise((resolve) => client.once("ready", resolve));
  await server.start();
  await ready;
  assert.equal((await store.take([demand("a", "")])).buckets[0]?.remaining, 2, "it kept nothing");
});

test("a server that hangs fails in time, and no more answers than the bound are awaited", {
  skip: withoutRedis,
}, async (t) => {
  const server = await redisServer(t);
  const client = connect(t, server.port);
  const store = createRedisStore({ client, timeoutMs: 30, maxPending: 5 });
  await store.take([demand("a", "", 0)]);
  await server.kill("SIGSTOP");
  const takes = Array.from({ length: 20 }, () => store.take([demand("a", "", 0)]));
  const settled = await Promise.allSettled(takes);
  const reasons = settled.map((one) => (one.status === "rejected" ? String(one.reason) : "passed"));
  assert.equal(reasons.filter((reason) => /has not answered within 30 ms/.test(reason)).length, 5);
  assert.equal(reasons.filter((reason) => /owes 5 answers already/.test(reason)).length, 15);
  await server.kill("SIGCONT");
  await client.ping();
  assert.equal((await store.take([demand("a", "", 0)])).taken, true);
});

test("a process that was held up reads the answers that wait for it before it takes the server for gone", async () => {
  const answering: RedisClient = {
    evalsha: () => new Promise((tell) => stat(".", () => tell([1, "2", "0"]))),
    eval: async () => undefined,
  };
  const store = createRedisStore({ client: answering, timeoutMs: 20 });
  // From here the event loop comes to timers before it comes to what has arrived.
  await new Promise((resolve) => setImmediate(resolve));
  const taken = store.take([demand("a", "")]);
  const until = performance.now() + 60;
  while (performance.now() < until);
  assert.equal((await taken).taken, true);
});

const client: RedisClient = { evalsha: async () => "OK", eval: async () => "OK" };

test("an answer that is none of the script's is an error", async () => {
  const store = createRedisStore({ client });
  await assert.rejects(async () => store.take([demand("a", "")]), /something else/);
});

const wrong: readonly [options: object, message: RegExp][] = [
  [{}, /option store.client is undefined: give a client of ioredis/],
  [{ client, name: "a{b}" }, /option store.name is "a\{b\}": leave out braces/],
  [{ client, timeoutMs: 0 }, /option store.timeoutMs is 0: give a whole number from 1/],
  [{ client, maxPending: "x" }, /option store.maxPending is "x"/],
  [{ client, prefix: "x" }, /option store.prefix does not exist/],
];

for (const [options, message] of wrong) {
  test(`a store in Redis is refused options: ${message.source}`, () => {
    assert.throws(() => createRedisStore(options as RedisStoreOptions), { message });
  });
}
