import assert from "node:assert/strict";
import { test } from "node:test";
import { DeadlineWheel, type Expiring } from "../../src/deadline/deadline-wheel.ts";

function entry(expiresAt: number, onDeadline: () => void): Expiring {
  return { expiresAt, onDeadline, previous: undefined, next: undefined, slot: -1 };
}

test("entries expire at their time, never before, and only those that are still there", async () => {
  const wheel = new DeadlineWheel();
  const now = Date.now();
  const expired: number[] = [];
  let last = (): void => {};
  const done = new Promise<void>((resolve) => {
    last = resolve;
  });
  const delays = [-5, 0, 3, 20, 21, 22, 60, 61, 100];
  const entries = delays.map((ms) =>
    entry(now + ms, () => {
      assert.ok(Date.now() >= now + ms);
      expired.push(ms);
      if (ms === 100) last();
    }),
  );
  for (const one of entries) wheel.add(one);
  wheel.add(entry(Number.POSITIVE_INFINITY, () => expired.push(-1)));
  wheel.add(entry(now + 40_000, () => expired.push(-2)));
  wheel.delete(entries[4] as Expiring);
  wheel.delete(entries[4] as Expiring);
  const hold = setTimeout(() => {}, 5_000);
  await done;
  clearTimeout(hold);
  wheel.close();
  assert.deepEqual(
    expired.sort((a, b) => a - b),
    [-5, 0, 3, 20, 22, 60, 61, 100],
  );
});

test("an end that ends others takes them from the wheel", async () => {
  const wheel = new DeadlineWheel();
  const at = Date.now() + 10;
  const expired: string[] = [];
  const others = Array.from({ length: 5 }, (_, i) => entry(at, () => expired.push(`other ${i}`)));
  const hold = setTimeout(() => {}, 5_000);
  for (const one of others) wheel.add(one);
  await new Promise<void>((resolve) => {
    wheel.add(
      entry(at, () => {
        expired.push("first");
        for (const one of others) wheel.delete(one);
        setTimeout(resolve, 30);
      }),
    );
  });
  clearTimeout(hold);
  wheel.close();
  assert.deepEqual(expired, ["first"]);
});
