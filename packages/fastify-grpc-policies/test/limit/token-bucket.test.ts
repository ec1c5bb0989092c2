import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryStore } from "fastify-grpc-policies";
import { refill, waitMs } from "../../src/limit/token-bucket.ts";

test("a bucket fills at its rate and holds no more than its capacity", () => {
  const rule = { capacity: 10, refillPerSecond: 4 };
  const bucket = { tokens: 0, at: 1000 };
  refill(bucket, rule, 1500);
  assert.equal(bucket.tokens, 2);
  refill(bucket, rule, 60_000);
  assert.equal(bucket.tokens, 10);
});

test("a clock that goes back gives nothing, and the bucket fills from then on", () => {
  const rule = { capacity: 10, refillPerSecond: 1 };
  const bucket = { tokens: 0, at: 10_000 };
  refill(bucket, rule, 4000);
  assert.equal(bucket.tokens, 0);
  refill(bucket, rule, 6000);
  assert.equal(bucket.tokens, 2);
});

test("the wait is the time until the missing tokens have come", () => {
  assert.equal(waitMs(3, 3, { capacity: 10, refillPerSecond: 20 }), 0);
  assert.equal(waitMs(1, 3, { capacity: 10, refillPerSecond: 20 }), 100);
  assert.equal(waitMs(1, 3, { capacity: 10, refillPerSecond: 0 }), Number.POSITIVE_INFINITY);
  assert.equal(waitMs(1, 11, { capacity: 10, refillPerSecond: 20 }), Number.POSITIVE_INFINITY);
});

/** A small generator of its own, so that a failing seed can be run again. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test("over random arrivals no window lets more pass than capacity + rate x its length, and none starves", () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const random = randomNumbers(seed);
    const capacity = 1 + Math.floor(random() * 50);
    const refillPerSecond = random() * 100;
    let now = 0;
    const store = createMemoryStore({ now: () => now });
    const passed: { at: number; cost: number }[] = [];
    for (let arrival = 0; arrival < 150; arrival += 1) {
      // Bursts, and now and then a pause.
      now += random() < 0.7 ? random() * 5 : random() * 2000;
      const cost = random() < 0.8 ? 1 : 1 + Math.floor(random() * capacity);
      const demand = { limit: "one", key: "", cost, capacity, refillPerSecond };
      const { taken, buckets } = store.take([demand]);
      if (taken) passed.push({ at: now, cost });
      else {
        now += (buckets[0]?.waitMs ?? 0) + 0.001;
        assert.ok(store.take([demand]).taken, `seed ${seed}: the wait that it names is enough`);
        passed.push({ at: now, cost });
      }
    }
    for (let first = 0; first < passed.length; first += 1) {
      let sum = 0;
      for (let last = first; last < passed.length; last += 1) {
        sum += passed[last]?.cost ?? 0;
        const seconds = ((passed[last]?.at ?? 0) - (passed[first]?.at ?? 0)) / 1000;
        assert.ok(
          sum <= capacity + refillPerSecond * seconds + 1e-6,
          `seed ${seed}: ${sum} in ${seconds} s of ${capacity} + ${refillPerSecond}/s`,
        );
      }
    }
  }
});
