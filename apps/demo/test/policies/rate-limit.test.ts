import assert from "node:assert/strict";
import { test } from "node:test";
import type { FastifyInstance } from "fastify";
import grpcPolicies, {
  createMemoryStore,
  type FastifyGrpcPoliciesOptions,
  type LimitStore,
} from "fastify-grpc-policies";
import type { Policy } from "grpc-transcoding";
import { type Ask, askHttp1, askHttp2, askNative, type ShopOptions, shopApp } from "./shop.ts";

function limited(options: FastifyGrpcPoliciesOptions): NonNullable<ShopOptions["before"]> {
  return async (app) => {
    await app.register(grpcPolicies, options);
  };
}

/** Fills by five tokens a second, by a clock that stands until it is moved. */
function stoppedClock() {
  const clock = { now: 0 };
  return { clock, store: createMemoryStore({ now: () => clock.now }) };
}

async function passedOf(ask: Ask, times: number, headers = {}): Promise<number> {
  let passed = 0;
  for (let i = 0; i < times; i += 1) if ((await ask(headers)).ok) passed += 1;
  return passed;
}

for (const upstream of ["in-process", "passed on"] as const) {
  test(`REST and native calls take from one bucket, whichever comes first (${upstream})`, async (t) => {
    const { store, clock } = stoppedClock();
    const limits = { shop: { by: [], capacity: 5, refillPerSecond: 2 } };
    const { port } = await shopApp(t, { upstream, before: limited({ limits, store }) });
    const asks = [askHttp1(port), askHttp2(port), askNative(t, port)] as const;
    const [http1, http2, native] = asks;
    assert.equal(await passedOf(http1, 2), 2);
    assert.equal(await passedOf(http2, 1), 1);
    assert.equal(await passedOf(native, 2), 2);
    for (const ask of asks) assert.equal((await ask()).ok, false);
    clock.now += 499;
    for (const ask of asks) assert.equal((await ask()).ok, false);
    clock.now += 2;
    assert.equal(await passedOf(native, 3), 1);
  });

  test(`a refusal says when to come back, in the words of each protocol (${upstream})`, async (t) => {
    const { store } = stoppedClock();
    const limits = { shop: { by: "tenant", capacity: 1, refillPerSecond: 0.4 } } as const;
    const { port } = await shopApp(t, { upstream, before: limited({ limits, store }) });
    assert.equal(await passedOf(askHttp1(port), 1), 1);
    for (const ask of [askHttp1(port), askHttp2(port)]) {
      const { status, code, message, headers, details } = await ask();
      assert.deepEqual(
        [status, code, message],
        [429, "RESOURCE_EXHAUSTED", "too many calls: a rate limit is exceeded (shop)"],
      );
      assert.equal(headers["retry-after"], "3");
      assert.equal(headers["ratelimit-policy"], '"shop";q=1;w=3');
      assert.equal(headers.ratelimit, '"shop";r=0;t=3');
      assert.equal(headers["grpc-retry-pushback-ms"], undefined);
      assert.deepEqual(details, ["google.rpc.RetryInfo", "google.rpc.ErrorInfo"]);
    }
    const native = await askNative(t, port)();
    assert.deepEqual(
      [native.code, native.message],
      ["RESOURCE_EXHAUSTED", "too many calls: a rate limit is exceeded (shop)"],
    );
    assert.equal(native.headers["grpc-retry-pushback-ms"], "2500");
    assert.deepEqual(native.details, ["google.rpc.RetryInfo", "google.rpc.ErrorInfo"]);
  });
}

test("a quota that is never renewed tells nobody to come back", async (t) => {
  const limits = { trial: { by: [], capacity: 1, refillPerSecond: 0 } };
  const { port } = await shopApp(t, { before: limited({ limits }) });
  const first = await askHttp1(port)();
  assert.equal(first.headers["ratelimit-policy"], '"trial";q=1');
  assert.equal(first.headers.ratelimit, '"trial";r=0');
  const { status, headers, details } = await askHttp1(port)();
  assert.equal(status, 429);
  assert.equal(headers["retry-after"], undefined);
  assert.deepEqual(details, ["google.rpc.ErrorInfo"]);
  assert.equal((await askNative(t, port)()).headers["grpc-retry-pushback-ms"], "-1");
});

test("responses of calls that pass tell what is left, of every limit", async (t) => {
  const { store } = stoppedClock();
  const limits = {
    burst: { by: "ip", capacity: 10, refillPerSecond: 5 },
    day: { by: [], capacity: 1000, refillPerSecond: 0.01, cost: 3 },
  } as const;
  const { port } = await shopApp(t, { before: limited({ limits, store }) });
  const { headers } = await askHttp1(port)();
  assert.equal(headers["ratelimit-policy"], '"burst";q=10;w=2, "day";q=1000;w=100000');
  assert.equal(headers.ratelimit, '"burst";r=9;t=1, "day";r=997;t=300');
  const quiet = await shopApp(t, { before: limited({ limits, rateLimitHeaders: false }) });
  assert.equal((await askHttp1(quiet.port)()).headers.ratelimit, undefined);
});

const keys: readonly {
  readonly name: string;
  readonly by: NonNullable<FastifyGrpcPoliciesOptions["limits"]>[string]["by"];
  readonly gateway?: ShopOptions["gateway"];
  readonly hooks?: (app: FastifyInstance) => void;
  readonly one: Readonly<Record<string, string>>;
  readonly other: Readonly<Record<string, string>>;
}[] = [
  {
    name: "tenant",
    by: "tenant",
    gateway: { tenant: ({ headers }) => headers["x-tenant-id"] as string | undefined },
    one: { "x-tenant-id": "acme" },
    other: { "x-tenant-id": "pay" },
  },
  { name: "API key", by: "apiKey", one: { "x-api-key": "a" }, other: { "x-api-key": "b" } },
  { name: "header", by: { header: "X-Plan" }, one: { "x-plan": "a" }, other: {} },
  {
    name: "identity of a policy",
    by: "user",
    gateway: { policies: [({ headers }) => ({ identity: headers["x-who"] })] },
    one: { "x-who": "alice" },
    other: { "x-who": "bob" },
  },
  {
    name: "subject of request.user",
    by: "user",
    hooks: (app) =>
      app.addHook("onRequest", async (request) => {
        Object.assign(request, { user: { sub: request.headers["x-who"] } });
      }),
    one: { "x-who": "alice" },
    other: { "x-who": "bob" },
  },
  {
    name: "claim",
    by: { claim: "org" },
    gateway: { policies: [({ headers }) => ({ identity: { sub: "x", org: headers["x-org"] } })] },
    one: { "x-org": "acme" },
    other: { "x-org": "pay" },
  },
  {
    name: "several parts",
    by: [{ header: "x-a" }, { claim: "org" }],
    gateway: { policies: [({ headers }) => ({ identity: { org: headers["x-org"] } })] },
    one: { "x-a": "1", "x-org": "a" },
    other: { "x-a": "1", "x-org": "b" },
  },
];

for (const { name, by, gateway, hooks, one, other } of keys) {
  test(`a bucket for each value of the key: ${name}, the same for REST and native calls`, async (t) => {
    const { port } = await shopApp(t, {
      ...(gateway && { gateway }),
      before: async (app) => {
        hooks?.(app);
        await limited({ limits: { k: { by, capacity: 2, refillPerSecond: 0 } } })(app);
      },
    });
    assert.equal((await askHttp1(port)(one)).ok, true);
    assert.equal((await askNative(t, port)(one)).ok, true);
    assert.equal(await passedOf(askHttp2(port), 2, one), 0);
    assert.equal(await passedOf(askNative(t, port), 1, one), 0);
    assert.equal(await passedOf(askHttp1(port), 3, other), 2, "another has a bucket of its own");
  });
}

test("calls without a key share one bucket, so that leaving it out gains nothing", async (t) => {
  const limits = { k: { by: "apiKey", capacity: 2, refillPerSecond: 0 } } as const;
  const { port } = await shopApp(t, { before: limited({ limits }) });
  assert.equal(await passedOf(askHttp1(port), 3), 2);
});

test("an address is the one that trustProxy trusts, for native calls as well", async (t) => {
  const limits = { k: { by: "ip", capacity: 2, refillPerSecond: 0 } } as const;
  const { port } = await shopApp(t, {
    fastify: { trustProxy: "127.0.0.1" },
    before: limited({ limits }),
  });
  const one = { "x-forwarded-for": "2001:db8:1:2::5" };
  assert.equal((await askHttp1(port)(one)).ok, true);
  assert.equal((await askNative(t, port)({ "x-forwarded-for": "2001:db8:1:2::6" })).ok, true);
  assert.equal((await askNative(t, port)(one)).ok, false, "the same /64");
  assert.equal((await askNative(t, port)({ "x-forwarded-for": "2001:db8:1:3::5" })).ok, true);
});

test("limits hold for the methods they name, at the cost of each", async (t) => {
  const limits = {
    watch: { by: [], capacity: 1, refillPerSecond: 0, methods: ["shop.v1.Shop/Watch"] },
    all: { by: [], capacity: 10, refillPerSecond: 0, costs: { "shop.v1.Shop/Watch": 4 } },
    other: { by: [], capacity: 1, refillPerSecond: 0, methods: ["other.*"] },
  };
  const { port } = await shopApp(t, { before: limited({ limits }) });
  assert.equal(await passedOf(askNative(t, port, "Watch"), 2), 1);
  const { headers } = await askHttp1(port)();
  assert.equal(headers.ratelimit, '"all";r=5', "the refused one took nothing");
  assert.equal(await passedOf(askHttp1(port), 9), 5);
});

test("a limit by method gives each a bucket of its own, and some keys may have another size", async (t) => {
  const limits = {
    method: { by: "method", capacity: 2, refillPerSecond: 0 },
    key: {
      by: { header: "x-plan" },
      capacity: 1,
      refillPerSecond: 0,
      overrides: { paid: { capacity: 5, refillPerSecond: 1 } },
    },
  } as const;
  const { port } = await shopApp(t, { before: limited({ limits }) });
  const { headers } = await askHttp1(port)({ "x-plan": "paid" });
  assert.equal(headers["ratelimit-policy"], '"method";q=2, "key";q=5;w=5');
  assert.equal(await passedOf(askNative(t, port), 2, { "x-plan": "paid" }), 1);
  assert.equal(await passedOf(askNative(t, port, "Watch"), 1, { "x-plan": "paid" }), 1);
});

test("an override by address may name any address of a network, in any form", async (t) => {
  const overrides = { "2001:DB8:1:2:0::9": { capacity: 5, refillPerSecond: 0 } };
  const limits = { k: { by: "ip", capacity: 1, refillPerSecond: 0, overrides } } as const;
  const { port } = await shopApp(t, {
    fastify: { trustProxy: "127.0.0.1" },
    before: limited({ limits }),
  });
  const { headers } = await askHttp1(port)({ "x-forwarded-for": "2001:db8:1:2::1" });
  assert.equal(headers.ratelimit, '"k";r=4');
});

test("a policy that refuses comes first and takes no token", async (t) => {
  const refusing: Policy = ({ headers }) => {
    if (headers["x-in"] === undefined) throw Object.assign(new Error("no"), { statusCode: 401 });
  };
  const { port } = await shopApp(t, {
    gateway: { policies: [refusing] },
    before: limited({ limits: { k: { by: [], capacity: 1, refillPerSecond: 0 } } }),
  });
  for (let i = 0; i < 3; i += 1) assert.equal((await askHttp1(port)()).status, 401);
  assert.equal((await askHttp1(port)({ "x-in": "yes" })).status, 200);
});

for (const failing of ["throws", "rejects"] as const) {
  const store: LimitStore = {
    take() {
      const error = new Error("redis://secret:6379 is gone");
      if (failing === "throws") throw error;
      return Promise.reject(error);
    },
  };
  const limits = { k: { by: [], capacity: 1, refillPerSecond: 1 } };

  test(`a store that ${failing} lets calls pass by default, and the log says so once a minute`, async (t) => {
    const lines: string[] = [];
    const { port } = await shopApp(t, {
      fastify: { logger: { level: "warn", stream: { write: (line) => void lines.push(line) } } },
      before: limited({ limits, store }),
    });
    assert.equal(await passedOf(askHttp1(port), 3), 3);
    assert.equal(await passedOf(askNative(t, port), 3), 3);
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /the store of the rate limits failed.*/);
  });

  test(`a store that ${failing} refuses calls where the app wants that, and tells clients nothing of why`, async (t) => {
    const { port } = await shopApp(t, {
      before: limited({ limits, store, onStoreError: "refuse" }),
    });
    for (const ask of [askHttp1(port), askHttp2(port), askNative(t, port)]) {
      const { code, message, status, headers } = await ask();
      assert.equal(code, "UNAVAILABLE");
      assert.equal(message, "the rate limits cannot be checked at the moment");
      if (status !== undefined) assert.deepEqual([status, headers["retry-after"]], [503, "1"]);
      else assert.equal(headers["grpc-retry-pushback-ms"], "1000");
    }
  });
}

const answers: readonly (readonly [name: string, answer: unknown])[] = [
  ["nothing", undefined],
  ["a text for whether it took", { taken: "no", buckets: [{ remaining: 0, waitMs: 1 }] }],
  ["no buckets", { taken: true }],
  ["a bucket too few", { taken: false, buckets: [] }],
  ["what is no number", { taken: false, buckets: [{ remaining: Number.NaN, waitMs: 1 }] }],
];

for (const [name, answer] of answers) {
  test(`a store that answers ${name} has failed`, async (t) => {
    const store = { take: () => answer } as LimitStore;
    const limits = { k: { by: [], capacity: 1, refillPerSecond: 1 } };
    const options = { limits, store, onStoreError: "refuse" } as const;
    const { port } = await shopApp(t, { before: limited(options) });
    assert.equal((await askHttp1(port)()).status, 503);
  });
}

test("a wait of a store's own without an end tells nobody to come back", async (t) => {
  const waitMs = Number.POSITIVE_INFINITY;
  const store = { take: () => ({ taken: false, buckets: [{ remaining: 0, waitMs }] }) };
  const limits = { k: { by: [], capacity: 1, refillPerSecond: 1 } };
  const { port } = await shopApp(t, { before: limited({ limits, store }) });
  const { status, headers } = await askHttp1(port)();
  assert.deepEqual(
    [status, headers.ratelimit, headers["retry-after"]],
    [429, '"k";r=0', undefined],
  );
});

test("a store may answer with a promise of another kind", async (t) => {
  const answer = { taken: false, buckets: [{ remaining: 0, waitMs: 1000 }] };
  const store = {
    // biome-ignore lint/suspicious/noThenProperty: what libraries of promises of their own return.
    take: () => ({ then: (tell: (result: object) => void) => tell(answer) }),
  } as unknown as LimitStore;
  const limits = { k: { by: [], capacity: 1, refillPerSecond: 1 } };
  const { port } = await shopApp(t, { before: limited({ limits, store }) });
  assert.equal((await askHttp1(port)()).status, 429);
});

test("gateways that come before and after the plugin have its limits, those that are not named have not", async (t) => {
  const limits = { k: { by: [], capacity: 1, refillPerSecond: 0 } };
  const { port } = await shopApp(t, {
    gateway: { name: "free" },
    before: limited({ limits, gateways: ["other", "late"] }),
  }).catch((error: Error) => ({ port: 0, error }));
  assert.equal(port, 0, "there are no such gateways");
  const free = await shopApp(t, {
    gateway: { name: "free", prefix: "/free", nativeGrpc: false },
    before: async (app) => {
      const grpcGateway = (await import("fastify-grpc-gateway")).default;
      const { shopProto, shopServer } = await import("./shop.ts");
      const add = async (name: string) =>
        app.register(grpcGateway, {
          name,
          prefix: `/${name}`,
          nativeGrpc: false,
          proto: shopProto,
          upstream: await shopServer(),
        });
      await add("early");
      await limited({ limits, gateways: ["early", "late"] })(app);
      await add("late");
    },
  });
  assert.equal(await passedOf(askHttp1(free.port, "/early/v1/buy/tea"), 1), 1);
  assert.equal(
    await passedOf(askHttp1(free.port, "/late/v1/buy/tea"), 1),
    0,
    "one bucket for both",
  );
  assert.equal(await passedOf(askHttp1(free.port, "/free/v1/buy/tea"), 3), 3);
});

test("a header that a hook sets, in whatever case, is the one that limits go by, for every protocol", async (t) => {
  const limits = { user: { by: { header: "x-user" }, capacity: 3, refillPerSecond: 0 } } as const;
  const { port } = await shopApp(t, {
    before: async (app) => {
      app.addHook("onRequest", async (request) => {
        request.headers["X-User"] = "alice";
      });
      await app.register(grpcPolicies, { limits });
    },
  });
  const asks = [askHttp1(port), askHttp2(port), askNative(t, port)];
  const madeUp = (at: number) => ({ "x-user": `made-up-${at}` });
  for (const [at, ask] of asks.entries()) assert.equal(await passedOf(ask, 1, madeUp(at)), 1);
  for (const [at, ask] of asks.entries()) assert.equal(await passedOf(ask, 1, madeUp(at)), 0);
});
