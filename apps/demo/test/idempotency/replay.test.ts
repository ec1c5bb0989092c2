import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import {
  createMemoryStore,
  createRedisStore,
  type IdempotencyStore,
} from "fastify-grpc-idempotency";
import { Redis } from "ioredis";
import { redisServer, withoutRedis } from "../policies/redis/redis-server.ts";
import { bankApp, newKey, sendHttp1 } from "./bank.ts";

test("bytes that are no text are replayed as they were, by both stores", {
  skip: withoutRedis,
}, async (t) => {
  const { port: redisPort } = await redisServer(t);
  const client = new Redis({ port: redisPort, host: "127.0.0.1" });
  t.after(() => client.disconnect());
  for (const store of [createMemoryStore(), createRedisStore({ client })]) {
    const { port, ledger } = await bankApp(t, { idempotency: { store } });
    const key = newKey();
    const sent = { key, path: "/v1/prints", body: { cents: "300" } };
    await sendHttp1(port, sent);
    const { body, headers, replayed } = await sendHttp1(port, sent);
    assert.equal(replayed, true);
    assert.deepEqual(body, Buffer.alloc(300, 0xff));
    assert.equal(headers["content-type"], "application/octet-stream");
    assert.equal(ledger.count(key), 1);
  }
});

test("an answer over the limit is not kept, and its request not executed again", async (t) => {
  const { port, ledger } = await bankApp(t, { idempotency: { maxBodyBytes: 100 } });
  const key = newKey();
  const sent = { key, path: "/v1/prints", body: { cents: "101" } };
  assert.equal((await sendHttp1(port, sent)).body.length, 101);
  const { status, reason } = await sendHttp1(port, sent);
  assert.deepEqual([status, reason], [409, "REPLAY_UNAVAILABLE"]);
  assert.equal(ledger.count(key), 1);
});

test("hooks see a replay as they saw the answer: compression and their headers are of this response", async (t) => {
  const { port } = await bankApp(t, {
    before: (app) => {
      let requests = 0;
      app.addHook("onRequest", async (_request, reply) => {
        requests += 1;
        reply.header("x-request", String(requests)).header("set-cookie", `n=${requests}`);
      });
      app.addHook("onSend", async (request, reply, payload) => {
        if (request.headers["accept-encoding"] !== "gzip") return payload;
        reply.removeHeader("content-length");
        reply.header("content-encoding", "gzip");
        return gzipSync(payload as Buffer);
      });
    },
  });
  const key = newKey();
  const zipped = { key, headers: { "accept-encoding": "gzip" } };
  const first = await sendHttp1(port, zipped);
  const plain = await sendHttp1(port, { key });
  const again = await sendHttp1(port, zipped);
  assert.equal(first.headers["content-encoding"], "gzip");
  assert.equal(plain.headers["content-encoding"], undefined);
  assert.deepEqual(JSON.parse(plain.body.toString()), { number: "n1", account: "a" });
  assert.deepEqual(again.body, first.body);
  assert.deepEqual(
    [first, plain, again].map(({ headers }) => [
      headers["x-number"],
      headers["x-request"],
      String(headers["set-cookie"]),
    ]),
    [
      ["1", "1", "n=1"],
      ["1", "2", "n=2"],
      ["1", "3", "n=3"],
    ],
  );
});

test("a Location that a hook's 201 would have had is not replayed with a 200", async (t) => {
  const { port } = await bankApp(t, {
    gateway: {
      interceptors: [
        (next) => ({
          start: (call, receiver) =>
            next.start(call, {
              onHeaders: (metadata) => receiver.onHeaders([...metadata, ["location", "/7"]]),
              onMessage: (bytes) => receiver.onMessage(bytes),
              onStatus: (...end) => receiver.onStatus(...end),
            }),
        }),
      ],
    },
  });
  const key = newKey();
  const locations = [await sendHttp1(port, { key }), await sendHttp1(port, { key })].map(
    ({ headers }) => headers.location,
  );
  assert.deepEqual(locations, [undefined, undefined]);
});

test("HEAD is a request like GET, without the body", async (t) => {
  const { port, ledger } = await bankApp(t, {
    gateway: {
      rules: [{ selector: "bank.v1.Bank.Pay", get: "/v1/pay/{account}" }],
    },
  });
  const key = newKey();
  const sent = { key, path: "/v1/pay/a", body: "" };
  const got = await sendHttp1(port, { ...sent, method: "GET" });
  assert.equal(got.status, 200);
  const head = await sendHttp1(port, { ...sent, method: "HEAD" });
  assert.deepEqual([head.status, head.replayed, head.body.length], [200, true, 0]);
  assert.equal(head.headers["content-length"], String(got.body.length));
  assert.equal(ledger.count(key), 1);
});

/** A store that fails when it is told to. */
function failing(): IdempotencyStore & { fails: boolean } {
  const inner = createMemoryStore();
  const through =
    <A extends unknown[], R>(step: (...args: A) => R) =>
    async (...args: A) => {
      if (store.fails) throw new Error("the store is gone");
      return step(...args);
    };
  const store = {
    fails: false,
    begin: through(inner.begin.bind(inner)),
    complete: through(inner.complete.bind(inner)),
    release: through(inner.release.bind(inner)),
  };
  return store;
}

test("while the store cannot tell, requests are refused, or executed where the app says so", async (t) => {
  for (const onStoreError of ["refuse", "allow"] as const) {
    const store = failing();
    const { port, ledger } = await bankApp(t, { idempotency: { store, onStoreError } });
    store.fails = true;
    const key = newKey();
    const answer = await sendHttp1(port, { key });
    if (onStoreError === "refuse") {
      assert.deepEqual([answer.status, answer.reason], [503, "IDEMPOTENCY_UNCHECKED"]);
      assert.equal(answer.headers["retry-after"], "1");
    } else assert.equal(answer.status, 200);
    assert.equal(ledger.count(key), onStoreError === "refuse" ? 0 : 1);
    store.fails = false;
    assert.equal((await sendHttp1(port, { key })).replayed, false);
  }
});

test("a store that fails once is told the outcome again", async (t) => {
  const store = failing();
  const { port, ledger } = await bankApp(t, { idempotency: { store } });
  const key = newKey();
  const body = { account: "a", does: "wait" };
  const begun = ledger.begun();
  const first = sendHttp1(port, { key, body });
  await begun;
  store.fails = true;
  ledger.goOn();
  assert.equal((await first).status, 200);
  store.fails = false;
  const second = await sendHttp1(port, { key, body });
  assert.deepEqual([second.status, second.replayed], [200, true]);
  assert.equal(ledger.count(key), 1);
});

test("a Redis that hangs refuses in time, and what it grants too late it has back", {
  skip: withoutRedis,
}, async (t) => {
  const redis = await redisServer(t);
  const client = new Redis({ port: redis.port, host: "127.0.0.1" });
  t.after(() => client.disconnect());
  const store = createRedisStore({ client, timeoutMs: 100 });
  const { port, ledger } = await bankApp(t, { idempotency: { store } });
  await sendHttp1(port, { key: newKey() });
  await redis.kill("SIGSTOP");
  const key = newKey();
  const answer = await sendHttp1(port, { key });
  assert.deepEqual([answer.status, answer.reason], [503, "IDEMPOTENCY_UNCHECKED"]);
  await redis.kill("SIGCONT");
  const later = await sendHttp1(port, { key });
  assert.deepEqual([later.status, later.replayed], [200, false]);
  assert.equal(ledger.count(key), 1);
});
