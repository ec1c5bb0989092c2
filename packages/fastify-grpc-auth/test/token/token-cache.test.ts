import assert from "node:assert/strict";
import { test } from "node:test";
import { TokenCache, tokenKey } from "../../src/token/token-cache.ts";

test("a token is remembered until it ends, and no longer than the cache's own time", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  const cache = new TokenCache(10, 300_000);
  cache.set("short", { sub: "a" }, 1_010_000);
  cache.set("long", { sub: "b" }, Number.POSITIVE_INFINITY);
  t.mock.timers.tick(9_999);
  assert.equal(cache.get("short")?.sub, "a");
  t.mock.timers.tick(1);
  assert.equal(cache.get("short"), undefined);
  assert.equal(cache.size, 1);
  t.mock.timers.tick(289_999);
  assert.equal(cache.get("long")?.sub, "b");
  t.mock.timers.tick(1);
  assert.equal(cache.get("long"), undefined);
});

test("a full cache forgets the token that was used longest ago", () => {
  const cache = new TokenCache(2, 1000);
  const until = Date.now() + 1000;
  cache.set("a", { sub: "a" }, until);
  cache.set("b", { sub: "b" }, until);
  cache.get("a");
  cache.set("c", { sub: "c" }, until);
  assert.deepEqual(
    ["a", "b", "c"].map((key) => cache.get(key)?.sub),
    ["a", undefined, "c"],
  );
  assert.equal(cache.size, 2);
  const none = new TokenCache(0, 1000);
  none.set("a", { sub: "a" }, until);
  assert.equal(none.size, 0);
});

test("what is remembered cannot be changed, and does not hold the token", () => {
  const cache = new TokenCache(2, 1000);
  cache.set("a", { org: { groups: ["x"] } }, Date.now() + 1000);
  const { org } = cache.get("a") as unknown as { org: { groups: string[] } };
  assert.throws(() => org.groups.push("admin"), TypeError);
  assert.match(tokenKey("secret"), /^[\w-]{43}$/);
});
