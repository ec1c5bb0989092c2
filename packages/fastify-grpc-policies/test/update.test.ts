import assert from "node:assert/strict";
import { test } from "node:test";
import Fastify from "fastify";
import grpcPolicies, { createMemoryStore, type LimitsSettings } from "fastify-grpc-policies";
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
  [{ a: { ...limit, by: undefined } }, "OPTION", /limits.a.by is undefined: use one of/],
  [{ a: { ...limit, by: ["ip", 5] } }, "OPTION", /limits.a.by\[1\] is 5/],
  [{ a: { ...limit, by: {} } }, "OPTION", /limits.a.by is \{\}: name a header or a claim/],
  [{ a: { ...limit, by: { header: "" } } }, "OPTION", /limits.a.by.header is ""/],
  [{ a: { ...limit, capacity: "9" } }, "OPTION", /limits.a.capacity is "9"/],
  [{ a: { ...limit, capacity: 1.5 } }, "OPTION", /limits.a.capacity is 1.5/],
  [{ a: { ...limit, refillPerSecond: -1 } }, "OPTION", /limits.a.refillPerSecond is -1/],
  [{ a: { ...limit, refillPerSecond: Number.NaN } }, "OPTION", /limits.a.refillPerSecond is null/],
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
  [{ a: { ...limit, overrides: { acme: 5 } } }, "OPTION", /limits.a.overrides.acme is 5/],
  [
    { a: { ...limit, by: ["ip"], overrides: { acme: { capacity: 2, refillPerSecond: 1 } } } },
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
