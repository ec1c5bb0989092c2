import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryStore, type KeyClaim, type StoredAnswer } from "fastify-grpc-idempotency";

function claim(owner: string, rest: Partial<KeyClaim> = {}): KeyClaim {
  return { fingerprint: "f", owner, leaseMs: 100, ttlMs: 1000, ...rest };
}

function answer(bytes: number): StoredAnswer {
  return { statusCode: 200, headers: {}, body: Buffer.alloc(bytes) };
}

test("an attempt has its key until its lease ends, and its outcome counts even then", () => {
  let now = 0;
  const store = createMemoryStore({ now: () => now });
  assert.deepEqual(store.begin("k", claim("a")), { state: "begun" });
  assert.deepEqual(store.begin("k", claim("a")), { state: "begun" }, "it asks again");
  now = 60;
  assert.deepEqual(store.begin("k", claim("b")), { state: "in-flight", leaseLeftMs: 40 });
  assert.deepEqual(store.begin("k", claim("b", { fingerprint: "g" })), { state: "mismatch" });
  now = 100;
  assert.deepEqual(store.begin("k", claim("b")), { state: "unknown" });
  store.complete("k", "b", answer(1));
  assert.deepEqual(store.begin("k", claim("b")), { state: "unknown" }, "it is another's");
  store.complete("k", "a", answer(1));
  assert.deepEqual(store.begin("k", claim("b")), { state: "done", answer: answer(1) });
  assert.deepEqual(store.begin("k", claim("b", { fingerprint: "g" })), { state: "mismatch" });
});

test("a key is free again when its attempt gives it back, or its time is over", () => {
  let now = 0;
  const store = createMemoryStore({ now: () => now });
  store.begin("k", claim("a"));
  store.release("k", "b");
  assert.equal(store.begin("k", claim("b")).state, "in-flight");
  store.release("k", "a");
  assert.equal(store.begin("k", claim("b")).state, "begun");
  store.complete("k", "b", "unknown");
  store.release("k", "b");
  assert.equal(store.begin("k", claim("c")).state, "unknown", "what is unknown stays so");
  store.begin("done", claim("a"));
  store.complete("done", "a", answer(10));
  now = 999;
  assert.equal(store.begin("k", claim("c")).state, "unknown");
  now = 1000;
  assert.equal(store.begin("k", claim("c")).state, "begun");
  assert.deepEqual([store.size, store.bytes], [1, 0], "the other has gone as well");
});

test("the oldest that is done makes room, and nothing that may run or has run unseen", () => {
  const store = createMemoryStore({ maxEntries: 3, now: () => 0 });
  store.begin("running", claim("a"));
  store.begin("unknown", claim("a"));
  store.complete("unknown", "a", "unknown");
  store.begin("done", claim("a"));
  store.complete("done", "a", answer(5));
  assert.equal(store.begin("next", claim("a")).state, "begun");
  assert.deepEqual([store.size, store.bytes, store.evicted], [3, 0, 1]);
  assert.throws(() => store.begin("more", claim("a")), /the store is full: it holds 3 keys/);
  assert.equal(store.begin("running", claim("b")).state, "in-flight");
  assert.equal(store.begin("unknown", claim("b")).state, "unknown");
});

test("a store that refuses when it is full forgets nothing", () => {
  const store = createMemoryStore({ maxEntries: 1, whenFull: "refuse", now: () => 0 });
  store.begin("done", claim("a"));
  store.complete("done", "a", answer(5));
  assert.throws(() => store.begin("next", claim("a")), /full/);
  assert.equal(store.begin("done", claim("b")).state, "done");
});

test("bodies beyond the bound go, the oldest first, and their keys stay", () => {
  const store = createMemoryStore({ maxBytes: 100, now: () => 0 });
  for (const id of ["a", "b", "c"]) {
    store.begin(id, claim("o"));
    store.complete(id, "o", answer(45));
  }
  assert.deepEqual([store.size, store.bytes], [3, 90]);
  const bodies = ["a", "b", "c"].map((id) => {
    const said = store.begin(id, claim("p"));
    return said.state === "done" ? said.answer.body?.length : said.state;
  });
  assert.deepEqual(bodies, [undefined, 45, 45]);
  store.begin("large", claim("o"));
  store.complete("large", "o", answer(101));
  assert.deepEqual([store.size, store.bytes], [4, 0]);
});
