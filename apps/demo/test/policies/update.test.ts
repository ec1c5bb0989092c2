import assert from "node:assert/strict";
import { test } from "node:test";
import grpcPolicies from "fastify-grpc-policies";
import { askHttp1, askNative, shopApp } from "./shop.ts";

const open = { by: [], capacity: 100, refillPerSecond: 0 };

test("one call swaps all limits for the calls from now on; a limit that keeps its name keeps its buckets", async (t) => {
  const { app, port } = await shopApp(t, {
    before: async (app) => {
      await app.register(grpcPolicies, { limits: { a: open, b: open } });
    },
  });
  for (let i = 0; i < 9; i += 1) assert.equal((await askNative(t, port)()).ok, true);
  app.grpcPolicies.update({ limits: { a: { ...open, capacity: 12 } } });
  const { headers } = await askHttp1(port)();
  assert.equal(headers["ratelimit-policy"], '"a";q=12');
  assert.equal(headers.ratelimit, '"a";r=11', "it held 91, and holds no more than 12 from now on");
  app.grpcPolicies.update({});
  assert.equal((await askHttp1(port)()).headers.ratelimit, undefined);
});

test("settings that are wrong change nothing", async (t) => {
  const { app, port } = await shopApp(t, {
    before: async (app) => {
      await app.register(grpcPolicies, { limits: { a: open } });
    },
  });
  const wrong = { limits: { a: { ...open, capacity: 5 }, b: { ...open, capacity: 0 } } };
  assert.throws(() => app.grpcPolicies.update(wrong), {
    code: "FST_GRPC_POLICIES_OPTION",
    message:
      "fastify-grpc-policies: option limits.b.capacity is 0: give a whole number from 1 to 1000000000000",
  });
  assert.equal((await askHttp1(port)()).headers.ratelimit, '"a";r=99');
});

test("what the plugin was registered without cannot come later", async (t) => {
  const { app } = await shopApp(t, {
    before: async (app) => {
      await app.register(grpcPolicies, {});
    },
  });
  const error = { code: "FST_GRPC_POLICIES_FIXED", message: /option limits is / };
  assert.throws(() => app.grpcPolicies.update({ limits: { a: open } }), error);
  assert.throws(() => app.grpcPolicies.rateLimitStore("a"), error);
});

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

for (const [name, onEvent] of [
  [
    "throws",
    () => {
      throw new Error("broken listener");
    },
  ],
  ["rejects", () => Promise.reject(new Error("broken listener"))],
] as const) {
  test(`a listener that ${name} ends nothing, and the log has it`, async (t) => {
    const lines: string[] = [];
    const { port } = await shopApp(t, {
      fastify: { logger: { level: "error", stream: { write: (line) => void lines.push(line) } } },
      buy: (_call, callback) => callback(new Error("down")),
      before: async (app) => {
        await app.register(grpcPolicies, {
          circuitBreaker: { consecutiveFailures: 1 },
          onEvent,
        });
      },
    });
    await askHttp1(port)();
    assert.equal((await askHttp1(port)()).status, 503);
    assert.ok(lines.some((line) => line.includes("broken listener")));
  });
}

test("an update after the app has closed is checked and starts nothing", async (t) => {
  const { app } = await shopApp(t, {
    before: async (app) => {
      await app.register(grpcPolicies, { limits: {}, circuitBreaker: false });
    },
  });
  await app.close();
  const { mock } = t.mock.method(globalThis, "setInterval");
  app.grpcPolicies.update({ circuitBreaker: {} });
  assert.equal(mock.callCount(), 0);
  assert.throws(() => app.grpcPolicies.update({ limits: { a: 1 } as never }));
});
