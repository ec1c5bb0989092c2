import assert from "node:assert/strict";
import { mock, type TestContext, test } from "node:test";
import { createMemoryStore, type StoredAnswer } from "fastify-grpc-idempotency";
import { type Claimed, KeyedRequests } from "../../src/check/keyed-requests.ts";

const answer: StoredAnswer = { statusCode: 200, headers: {}, body: Buffer.from("x") };

const options = {
  store: createMemoryStore(),
  ttlMs: 100_000,
  onInFlight: "wait",
  maxWaiting: 5,
  maxWaitMs: 60_000,
  onStoreError: "refuse",
  onError: (error: unknown) => assert.fail(String(error)),
} as const;

function request(id: string) {
  return { id, fingerprint: "f", leaseMs: 60_000, isGone: () => false };
}

/** What two processes with one store do, on a clock of the test's. */
function processes(t: TestContext): readonly [KeyedRequests, KeyedRequests] {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  return [new KeyedRequests(options), new KeyedRequests(options)];
}

/** Lets what has been resolved go on. */
async function settle(): Promise<void> {
  await new Promise(setImmediate);
}

function ownerOf(claimed: Claimed): string {
  return (claimed as { owner: string }).owner;
}

test("one looks for all of a process that wait for another's answer", async (t) => {
  const [one, other] = processes(t);
  const owner = ownerOf(await one.claim(request("k")));
  const states: string[] = [];
  for (let i = 0; i < 5; i += 1) {
    void Promise.resolve(other.claim(request("k"))).then(({ state }) => states.push(state));
  }
  assert.equal((await other.claim(request("k"))).state, "in-flight", "there is no room for more");
  assert.equal(other.waiting, 5);
  mock.timers.tick(50);
  await settle();
  assert.deepEqual([states, other.waiting], [[], 5]);
  one.settle("k", owner, answer);
  mock.timers.tick(50);
  await settle();
  assert.deepEqual(states, ["done", "done", "done", "done", "done"]);
  assert.equal(other.waiting, 0);
});

test("those of the process that has the answer need no look", async (t) => {
  const [one] = processes(t);
  const owner = ownerOf(await one.claim(request("l")));
  const waiting = [one.claim(request("l")), one.claim(request("l"))];
  one.settle("l", owner, answer);
  const states = (await Promise.all(waiting)).map(({ state }) => state);
  assert.deepEqual(states, ["done", "done"]);
});

test("nobody waits for a process that closes", async (t) => {
  const [one] = processes(t);
  await one.claim(request("m"));
  const waiting = one.claim(request("m"));
  one.stopWaiting();
  assert.equal((await waiting).state, "in-flight");
  assert.equal((await one.claim(request("m"))).state, "in-flight");
});
