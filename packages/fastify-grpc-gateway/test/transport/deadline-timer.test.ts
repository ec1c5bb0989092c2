import assert from "node:assert/strict";
import { test } from "node:test";
import { armDeadline } from "../../src/transport/deadline-timer.ts";

const never = { onDeadline: () => assert.fail("the deadline has not passed") };

test("a call without a deadline has no timer", () => {
  assert.equal(armDeadline({ at: Number.POSITIVE_INFINITY, source: "gateway" }, never), undefined);
});

test("a deadline that has passed ends its call in a later turn", async () => {
  let passed = false;
  await new Promise<void>((done) => {
    const target = {
      onDeadline: () => {
        passed = true;
        done();
      },
    };
    armDeadline({ at: Date.now() - 1000, source: "client" }, target);
    assert.equal(passed, false);
  });
});

test("a deadline beyond a timer's range does not fire at once", async (t) => {
  const timer = armDeadline({ at: Date.now() + 2 ** 40, source: "client" }, never);
  t.after(() => clearTimeout(timer));
  await new Promise((done) => setTimeout(done, 20));
});
