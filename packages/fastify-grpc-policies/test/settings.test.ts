import assert from "node:assert/strict";
import { test } from "node:test";
import Fastify from "fastify";
import grpcPolicies, {
  createMemoryStore,
  type LimitsSettings,
  type PolicySettings,
} from "fastify-grpc-policies";

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
    { circuitBreaker: { failureRate: 100 } },
    "OPTION",
    /failureRate is 100: give a number from 0 to 99/,
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
    { circuitBreaker: { consecutiveFailures: 5, minimumCalls: 5 } },
    "OPTION",
    /consecutiveFailures is 5: give this or minimumCalls/,
  ],
  [
    { circuitBreaker: { consecutiveFailures: 5, windowMs: 1000 } },
    "OPTION",
    /consecutiveFailures is 5: give this or windowMs/,
  ],
  [{ circuitBreaker: { codes: [] } }, "OPTION", /circuitBreaker.codes is \[\]: name at least one/],
  [{ circuitBreaker: { methods: [] } }, "OPTION", /circuitBreaker.methods is \[\]: name at least/],
  [{ bulkhead: { maxConcurrent: 1, methods: [] } }, "OPTION", /bulkhead.methods is \[\]: name/],
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

const limit = { by: "tenant", capacity: 2, refillPerSecond: 1 };
const wrongLimits: readonly [limits: unknown, code: string, message: RegExp][] = [
  [[], "OPTION", /option limits is \[\]: give an object/],
  [{ "a b": limit }, "OPTION", /option limits\["a b"\] is .*: name a limit by letters/],
  [{ a: 5 }, "OPTION", /option limits.a is 5: give an object/],
  [
    { a: { ...limit, max: 5 } },
    "UNKNOWN_KEY",
    /option limits.a.max does not exist \(its value: 5\)/,
  ],
  [{ a: { ...limit, by: "tenants" } }, "OPTION", /limits.a.by is "tenants": use one of tenant, /],
  [{ a: { ...limit, by: { header: "x plan" } } }, "OPTION", /limits.a.by.header is "x plan": give/],
  [
    { a: { ...limit, refillPerSecond: 1e-13 } },
    "OPTION",
    /limits.a.refillPerSecond is 1e-13: the bucket/,
  ],
  [{ a: { ...limit, by: undefined } }, "OPTION", /limits.a.by is undefined: use one of/],
  [{ a: { ...limit, by: ["ip", 5] } }, "OPTION", /limits.a.by\[1\] is 5/],
  [{ a: { ...limit, by: {} } }, "OPTION", /limits.a.by is \{\}: name a header or a claim/],
  [{ a: { ...limit, by: { header: "" } } }, "OPTION", /limits.a.by.header is ""/],
  [{ a: { ...limit, capacity: "9" } }, "OPTION", /limits.a.capacity is "9"/],
  [{ a: { ...limit, capacity: 1.5 } }, "OPTION", /limits.a.capacity is 1.5/],
  [{ a: { ...limit, refillPerSecond: -1 } }, "OPTION", /limits.a.refillPerSecond is -1/],
  [{ a: { ...limit, refillPerSecond: Number.NaN } }, "OPTION", /limits.a.refillPerSecond is NaN/],
  [{ a: { ...limit, cost: 3 } }, "OPTION", /limits.a.capacity is 2: a call costs up to 3/],
  [
    { a: { ...limit, costs: { "*": 3 } } },
    "OPTION",
    /limits.a.capacity is 2: a call costs up to 3/,
  ],
  [
    { a: { ...limit, costs: { "/x": 1 } } },
    "OPTION",
    /limits.a.costs\["\/x"\] is "\/x": name methods/,
  ],
  [{ a: { ...limit, methods: "x" } }, "OPTION", /limits.a.methods is "x": give a list/],
  [{ a: { ...limit, methods: ["Get Book"] } }, "OPTION", /limits.a.methods\[0\] is "Get Book"/],
  [{ a: { ...limit, methods: [] } }, "OPTION", /limits.a.methods is \[\]: name at least one, or/],
  [{ a: { ...limit, overrides: { acme: 5 } } }, "OPTION", /limits.a.overrides.acme is 5/],
  [
    {
      a: {
        ...limit,
        by: ["ip", "method"],
        overrides: { acme: { capacity: 2, refillPerSecond: 1 } },
      },
    },
    "OPTION",
    /limits.a.overrides is .*let `by` be one key/,
  ],
];

for (const [limits, code, message] of wrongLimits) {
  test(`limits are refused that are ${JSON.stringify(limits)}`, async (t) => {
    const app = Fastify();
    t.after(() => app.close());
    await assert.rejects(
      async () => app.register(grpcPolicies, { limits: limits as LimitsSettings }),
      {
        code: `FST_GRPC_POLICIES_${code}`,
        message,
      },
    );
  });
}

const wrongOptions: readonly [options: object, code: string, message: RegExp][] = [
  [{ store: {} }, "OPTION", /option store is \{\}: give createMemoryStore\(\)/],
  [{ store: null }, "OPTION", /option store is null/],
  [
    { onStoreError: "deny" },
    "OPTION",
    /option onStoreError is "deny": use one of "allow", "refuse"/,
  ],
  [{ rateLimitHeaders: 1 }, "OPTION", /option rateLimitHeaders is 1: give true or false/],
  [{ gateways: "default" }, "OPTION", /option gateways is "default": give a list/],
  [{ gateways: [] }, "OPTION", /option gateways is \[\]: name at least one, or leave it out/],
  [{ gateways: ["nobody"] }, "GATEWAY", /option gateways is "nobody": no gateway of the app/],
  [{ limit: {} }, "UNKNOWN_KEY", /option limit does not exist/],
];

for (const [options, code, message] of wrongOptions) {
  test(`options are refused that are ${JSON.stringify(options)}`, async (t) => {
    const app = Fastify();
    t.after(() => app.close());
    await assert.rejects(async () => app.register(grpcPolicies, options).ready(), {
      code: `FST_GRPC_POLICIES_${code}`,
      message,
    });
  });
}

test("a store in memory is refused a bound or a clock of the wrong shape", () => {
  for (const options of [{ maxKeys: 0 }, { now: 5 }, { max: 5 }]) {
    assert.throws(() => createMemoryStore(options as object), /FST_GRPC_POLICIES_|option store/);
  }
});
