import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { type TestContext, test } from "node:test";
import type { BreakerSettings } from "fastify-grpc-policies";
import { readBreaker } from "../../src/breaker/breaker-settings.ts";
import { Circuit, type CircuitState } from "../../src/breaker/circuit.ts";
import { loadOpossum } from "../../src/breaker/load-opossum.ts";
import { Probe } from "../../src/breaker/probe.ts";

async function circuit(t: TestContext, settings: BreakerSettings = {}) {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: 1_000_000 });
  const changes: CircuitState[] = [];
  const rotation = new EventEmitter();
  const opossum = await loadOpossum();
  const made = new Circuit({
    opossum,
    settings: readBreaker(settings, "circuitBreaker"),
    rotation,
    onChange: (state) => changes.push(state),
    now: Date.now,
  });
  t.after(() => made.dispose());
  /** Calls that end at once, by their outcomes: s, f, or n for none. */
  const run = (outcomes: string): string => {
    for (const letter of outcomes) {
      if (made.admit() !== "pass") break;
      made.settle(letter === "s" ? "success" : letter === "f" ? "failure" : "none");
      made.leave();
    }
    return made.state;
  };
  return { made, changes, rotation, run };
}

function probeOf(made: Circuit): Probe {
  const admission = made.admit();
  assert.ok(admission instanceof Probe, String(admission));
  return admission;
}

const sequences: readonly [outcomes: string, state: CircuitState][] = [
  ["ffff", "closed"],
  ["fffff", "open"],
  ["ssfff", "closed"],
  ["sfff", "closed"],
  ["sffff", "open"],
  ["ssssff", "closed"],
  ["ffffs", "closed"],
  ["ffffsf", "open"],
  ["sssffffff", "open"],
  ["ssssffffff", "closed"],
  ["ssssfffffff", "open"],
  ["nnnnnffff", "closed"],
  ["fnfnfnfnf", "open"],
];

for (const [outcomes, state] of sequences) {
  test(`more than 60 % of at least 5 calls: ${outcomes} leaves it ${state}`, async (t) => {
    const { run } = await circuit(t);
    assert.equal(run(outcomes), state);
  });
}

test("it opens with the very call that is over the rate, and a success in between changes the sum alone", async (t) => {
  const { run, changes } = await circuit(t);
  assert.equal(run("fsffs"), "closed");
  assert.equal(run("f"), "open", "4 of 6");
  assert.deepEqual(changes, ["open"]);
});

test("five in a row is another rule: successes start the row anew, and the rate counts for nothing", async (t) => {
  const { run } = await circuit(t, { consecutiveFailures: 5 });
  assert.equal(run("ffffsffffnsffff"), "closed");
  assert.equal(run("nnf"), "open", "calls that say nothing do not break the row");
});

test("failures that are older than the window are forgotten", async (t) => {
  const { run, rotation } = await circuit(t);
  assert.equal(run("ffff"), "closed");
  for (let tenth = 0; tenth < 10; tenth += 1) rotation.emit("rotate");
  assert.equal(run("ffff"), "closed");
  assert.equal(run("f"), "open");
});

test("while it is open nothing passes, and the wait shrinks; after 30 s one call probes", async (t) => {
  const { made, run, changes } = await circuit(t);
  run("fffff");
  assert.equal(made.admit(), "refused");
  assert.equal(made.retryAfterMs, 30_000);
  t.mock.timers.tick(29_999);
  assert.equal(made.admit(), "refused");
  assert.equal(made.retryAfterMs, 1);
  t.mock.timers.tick(1);
  assert.equal(made.state, "half-open");
  const probe = probeOf(made);
  assert.equal(made.admit(), "refused", "one at a time");
  assert.equal(made.retryAfterMs, 1000);
  probe.settle("success");
  made.leave();
  assert.equal(made.state, "closed");
  assert.deepEqual(changes, ["open", "half-open", "closed"]);
});

test("a probe that fails opens it for another 30 s, and one that says nothing makes room for the next", async (t) => {
  const { made, run } = await circuit(t);
  run("fffff");
  t.mock.timers.tick(30_000);
  const probe = probeOf(made);
  probe.settle("none");
  assert.equal(made.state, "half-open");
  const second = probeOf(made);
  second.settle("failure");
  assert.equal(made.state, "open");
  assert.equal(made.retryAfterMs, 30_000);
  t.mock.timers.tick(30_000);
  probeOf(made);
});

test("a probe that hangs is a failure, and what it says later counts for nothing", async (t) => {
  const { made, run } = await circuit(t, { probeMs: 2000 });
  run("fffff");
  t.mock.timers.tick(30_000);
  const probe = probeOf(made);
  probe.asked("failure");
  t.mock.timers.tick(2000);
  assert.equal(made.state, "open");
  probe.settle("success");
  assert.equal(made.state, "open");
  t.mock.timers.tick(30_000);
  const next = probeOf(made);
  probe.settle("success");
  assert.equal(made.state, "half-open", "nor does it speak for the next one");
  next.settle("success");
  assert.equal(made.state, "closed");
});

test("a probe whose request is not there within a second makes room for the next, and has its time once it is", async (t) => {
  const { made, run } = await circuit(t, { probeMs: 2000 });
  run("fffff");
  t.mock.timers.tick(30_000);
  const slow = probeOf(made);
  t.mock.timers.tick(999);
  assert.equal(made.admit(), "refused");
  t.mock.timers.tick(1);
  assert.equal(made.state, "half-open");
  const next = probeOf(made);
  t.mock.timers.tick(900);
  next.asked("failure");
  slow.asked("failure");
  t.mock.timers.tick(1999);
  assert.equal(made.state, "half-open");
  t.mock.timers.tick(1);
  assert.equal(made.state, "open");
});

test("calls from before it opened neither close it nor open it again", async (t) => {
  const { made, run } = await circuit(t);
  assert.equal(made.admit(), "pass");
  assert.equal(made.admit(), "pass");
  run("fffff");
  made.settle("success");
  assert.equal(made.state, "open");
  t.mock.timers.tick(30_000);
  made.settle("failure");
  assert.equal(made.state, "half-open");
  probeOf(made);
});

test("after it has closed the row of failures begins anew", async (t) => {
  const { made, run } = await circuit(t, { consecutiveFailures: 2 });
  run("ff");
  t.mock.timers.tick(30_000);
  const probe = probeOf(made);
  probe.settle("success");
  assert.equal(run("f"), "closed");
  assert.equal(run("f"), "open");
});

test("it is idle once it is as a new one", async (t) => {
  const { made, run } = await circuit(t);
  assert.equal(made.isIdle, true);
  assert.equal(made.admit(), "pass");
  assert.equal(made.isIdle, false, "a call runs");
  made.settle("none");
  made.leave();
  assert.equal(made.isIdle, true);
  for (const outcome of ["s", "f"]) {
    run(outcome);
    assert.equal(made.isIdle, false, "it has counted");
    t.mock.timers.tick(10_001);
    assert.equal(made.isIdle, true);
  }
  run("fffff");
  t.mock.timers.tick(30_000);
  assert.equal(made.isIdle, false, "it waits for a probe");
  const probe = probeOf(made);
  t.mock.timers.tick(100_000);
  assert.equal(made.isIdle, false, "a call runs");
  probe.settle("none");
  made.leave();
  assert.equal(made.isIdle, true, "nobody has asked for long");
});

test("a row of failures is kept for as long as an open circuit would be", async (t) => {
  const { made, run } = await circuit(t, { consecutiveFailures: 5, resetMs: 60_000 });
  run("ffff");
  t.mock.timers.tick(60_000);
  assert.equal(made.isIdle, false);
  t.mock.timers.tick(1);
  assert.equal(made.isIdle, true);
});
