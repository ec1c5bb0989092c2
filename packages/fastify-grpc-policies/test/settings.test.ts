import assert from "node:assert/strict";
import { test } from "node:test";
import Fastify from "fastify";
import grpcPolicies, { type PolicySettings } from "fastify-grpc-policies";
import { askHttp1, shopApp } from "./shop.ts";

const wrong: readonly [settings: object, code: string, message: RegExp][] = [
  [{ circuitBreaker: true }, "OPTION", /option circuitBreaker is true: give an object/],
  [{ circuitBreaker: { threshold: 5 } }, "UNKNOWN_KEY", /circuitBreaker.threshold does not exist/],
  [
    { circuitBreaker: { by: ["ip"] } },
    "OPTION",
    /circuitBreaker.by\[0\] is "ip": use one of "tenant", "method"/,
  ],
  [{ circuitBreaker: { methods: ["*x"] } }, "OPTION", /circuitBreaker.methods\[0\] is "\*x"/],
  [
    { circuitBreaker: { failureRate: 101 } },
    "OPTION",
    /failureRate is 101: give a number from 0 to 100/,
  ],
  [{ circuitBreaker: { minimumCalls: 0 } }, "OPTION", /circuitBreaker.minimumCalls is 0/],
  [{ circuitBreaker: { windowMs: 10 } }, "OPTION", /circuitBreaker.windowMs is 10/],
  [{ circuitBreaker: { resetMs: "30s" } }, "OPTION", /circuitBreaker.resetMs is "30s"/],
  [{ circuitBreaker: { resetMs: 2 ** 31 } }, "OPTION", /circuitBreaker.resetMs is 2147483648/],
  [{ circuitBreaker: { probeMs: 0 } }, "OPTION", /circuitBreaker.probeMs is 0/],
  [
    { circuitBreaker: { codes: ["OK"] } },
    "OPTION",
    /circuitBreaker.codes\[0\] is "OK": use one of/,
  ],
  [{ circuitBreaker: { codes: [14] } }, "OPTION", /circuitBreaker.codes\[0\] is 14/],
  [{ circuitBreaker: { deadlineFloorMs: -1 } }, "OPTION", /circuitBreaker.deadlineFloorMs is -1/],
  [{ circuitBreaker: { maxCircuits: 0 } }, "OPTION", /circuitBreaker.maxCircuits is 0/],
  [
    { circuitBreaker: { consecutiveFailures: 5, failureRate: 60 } },
    "OPTION",
    /circuitBreaker.consecutiveFailures is 5: give this or failureRate/,
  ],
  [
    { bulkhead: {} },
    "OPTION",
    /option bulkhead.maxConcurrent is undefined: give a whole number from 1/,
  ],
  [{ bulkhead: { maxConcurrent: 1, max: 1 } }, "UNKNOWN_KEY", /bulkhead.max does not exist/],
  [{ bulkhead: { maxConcurrent: 1, maxPending: -1 } }, "OPTION", /bulkhead.maxPending is -1/],
  [{ bulkhead: { maxConcurrent: 1, maxWaitMs: 0 } }, "OPTION", /bulkhead.maxWaitMs is 0/],
  [
    { bulkhead: { maxConcurrent: 1, by: "tenant" } },
    "OPTION",
    /bulkhead.by is "tenant": give a list/,
  ],
  [{ onEvent: "log" }, "OPTION", /option onEvent is "log": give a function/],
];

for (const [settings, code, message] of wrong) {
  test(`settings are refused that are ${JSON.stringify(settings)}`, async (t) => {
    const app = Fastify();
    t.after(() => app.close());
    await assert.rejects(async () => app.register(grpcPolicies, settings as PolicySettings), {
      code: `FST_GRPC_POLICIES_${code}`,
      message,
    });
  });
}

test("what was registered as switched off is switched on by an update, all of it or nothing", async (t) => {
  const { app, port } = await shopApp(t, {
    buy: (_call, callback) => callback(new Error("down")),
    before: async (app) => {
      await app.register(grpcPolicies, { limits: {}, circuitBreaker: false, bulkhead: false });
    },
  });
  const { grpcPolicies: policies } = app;
  const statuses = async (): Promise<(number | undefined)[]> => {
    const answers = [];
    for (let i = 0; i < 3; i += 1) answers.push((await askHttp1(port)()).status);
    return answers;
  };
  assert.deepEqual(await statuses(), [500, 500, 500]);
  const circuitBreaker = { consecutiveFailures: 1 };
  assert.throws(() => policies.update({ circuitBreaker, bulkhead: { maxConcurrent: 0 } }));
  assert.deepEqual(await statuses(), [500, 500, 500]);
  policies.update({ circuitBreaker, bulkhead: { maxConcurrent: 1 } });
  assert.deepEqual(await statuses(), [500, 503, 503]);
  policies.update({ circuitBreaker, limits: { all: { by: [], capacity: 1, refillPerSecond: 0 } } });
  assert.deepEqual(await statuses(), [503, 429, 429], "the circuit is still open");
  policies.update({ circuitBreaker: false });
  assert.deepEqual(await statuses(), [500, 500, 500]);
});

test("a listener that throws ends nothing, and the log has it", async (t) => {
  const lines: string[] = [];
  const { port } = await shopApp(t, {
    fastify: { logger: { level: "error", stream: { write: (line) => void lines.push(line) } } },
    buy: (_call, callback) => callback(new Error("down")),
    before: async (app) => {
      await app.register(grpcPolicies, {
        circuitBreaker: { consecutiveFailures: 1 },
        onEvent() {
          throw new Error("broken listener");
        },
      });
    },
  });
  await askHttp1(port)();
  assert.equal((await askHttp1(port)()).status, 503);
  assert.ok(lines.some((line) => line.includes("broken listener")));
});
