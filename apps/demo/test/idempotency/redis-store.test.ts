import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createRedisStore, type IdempotencyStore, type KeyClaim } from "fastify-grpc-idempotency";
import { Redis } from "ioredis";
import { type RedisServer, redisServer, withoutRedis } from "../policies/redis/redis-server.ts";

interface Connected {
  readonly server: RedisServer;
  readonly client: Redis;
  readonly store: IdempotencyStore;
}

async function connected(t: TestContext): Promise<Connected> {
  const server = await redisServer(t);
  const client = new Redis({ port: server.port, host: "127.0.0.1", retryStrategy: () => 20 });
  client.on("error", () => {});
  t.after(() => client.disconnect());
  return { server, client, store: createRedisStore({ client, name: "keys", timeoutMs: 2000 }) };
}

function claim(owner: string, rest: Partial<KeyClaim> = {}): KeyClaim {
  return { fingerprint: "f", owner, leaseMs: 60_000, ttlMs: 90_000, ...rest };
}

const answer = { statusCode: 201, headers: { link: ["a", "b"] }, body: Buffer.from("é") };

test("an attempt has its key in Redis until its lease ends, and its outcome counts even then", {
  skip: withoutRedis,
}, async (t) => {
  const { client, store } = await connected(t);
  assert.deepEqual(await store.begin("k", claim("a")), { state: "begun" });
  assert.deepEqual(await store.begin("k", claim("a")), { state: "begun" }, "it asks again");
  const second = await store.begin("k", claim("b"));
  assert.ok(second.state === "in-flight" && second.leaseLeftMs > 50_000, JSON.stringify(second));
  const other = claim("b", { fingerprint: "g" });
  assert.deepEqual(await store.begin("k", other), { state: "mismatch" });
  const ttl = await client.pttl("keys:k");
  assert.ok(ttl > 80_000 && ttl <= 90_000, String(ttl));

  await store.begin("lost", claim("a", { leaseMs: 0 }));
  assert.deepEqual(await store.begin("lost", claim("b")), { state: "unknown" });
  await store.complete("lost", "b", answer);
  assert.deepEqual(await store.begin("lost", claim("b")), { state: "unknown" }, "it is another's");
  await store.complete("lost", "a", answer);
  assert.deepEqual(await store.begin("lost", claim("b")), { state: "done", answer });
  await store.complete("lost", "a", "unknown");
  assert.deepEqual(await store.begin("lost", claim("b")), { state: "done", answer });
  assert.deepEqual(await store.begin("lost", other), { state: "mismatch" });
  assert.ok((await client.pttl("keys:lost")) > 0, "it is forgotten one day");
});

test("only its owner frees a key in Redis, and only while the attempt runs", {
  skip: withoutRedis,
}, async (t) => {
  const { store } = await connected(t);
  await store.begin("k", claim("a"));
  await store.release("k", "b");
  assert.equal((await store.begin("k", claim("b"))).state, "in-flight");
  await store.release("k", "a");
  assert.equal((await store.begin("k", claim("b"))).state, "begun");
  await store.complete("k", "b", "unknown");
  await store.release("k", "b");
  assert.equal((await store.begin("k", claim("c"))).state, "unknown");
  await store.complete("none", "a", answer);
  assert.equal((await store.begin("none", claim("a"))).state, "begun", "nothing comes of nothing");
});

test("an answer without its body comes back without it", { skip: withoutRedis }, async (t) => {
  const { store } = await connected(t);
  await store.begin("k", claim("a"));
  await store.complete("k", "a", { ...answer, body: undefined });
  const said = await store.begin("k", claim("b"));
  assert.deepEqual(said, { state: "done", answer: { ...answer, body: undefined } });
});

test("a Redis that forgot the scripts is given them again, one that is gone fails", {
  skip: withoutRedis,
}, async (t) => {
  const { server, client, store } = await connected(t);
  await store.begin("k", claim("a"));
  await client.script("FLUSH");
  assert.equal((await store.begin("k", claim("b"))).state, "in-flight");
  const closed = new Promise((resolve) => client.once("close", resolve));
  await server.kill("SIGKILL");
  await closed;
  await assert.rejects(async () => store.begin("k", claim("b")), /Redis is gone|closed/);
});

test("no more answers of Redis are awaited than the bound", { skip: withoutRedis }, async (t) => {
  const { server, client } = await connected(t);
  const store = createRedisStore({ client, timeoutMs: 100, maxPending: 2 });
  await server.kill("SIGSTOP");
  const begins = Array.from({ length: 5 }, (_, at) => store.begin(`k${at}`, claim("a")));
  const reasons = (await Promise.allSettled(begins)).map((one) =>
    one.status === "rejected" ? String(one.reason) : "begun",
  );
  assert.equal(reasons.filter((reason) => /not answered within 100 ms/.test(reason)).length, 2);
  assert.equal(reasons.filter((reason) => /owes 2 answers already/.test(reason)).length, 3);
  await server.kill("SIGCONT");
});
