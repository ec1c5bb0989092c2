import assert from "node:assert/strict";
import { test } from "node:test";
import { PathCache } from "../../src/upstream/path-cache.ts";

function counting() {
  const decided: string[] = [];
  const cache = new PathCache(({ path }) => {
    decided.push(path);
    return false;
  });
  return { decided, cache };
}

test("a path is decided once", () => {
  const { decided, cache } = counting();
  assert.equal(cache.get("/shop.v1.Shop/Buy"), false);
  assert.equal(cache.get("/shop.v1.Shop/Buy"), false);
  assert.deepEqual(decided, ["/shop.v1.Shop/Buy"]);
});

test("paths that clients make up fill no memory: long ones are not kept, and the oldest goes", () => {
  const { decided, cache } = counting();
  const long = `/shop.v1.Shop/${"x".repeat(250)}`;
  cache.get(long);
  cache.get(long);
  assert.equal(decided.length, 2);
  for (let i = 0; i <= 10_000; i += 1) cache.get(`/made.Up/M${i}`);
  decided.length = 0;
  cache.get("/made.Up/M10000");
  cache.get("/made.Up/M1");
  assert.deepEqual(decided, []);
  cache.get("/made.Up/M0");
  assert.deepEqual(decided, ["/made.Up/M0"]);
});
