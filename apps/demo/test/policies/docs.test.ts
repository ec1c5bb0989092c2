import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import rateLimit from "@fastify/rate-limit";
import { expectTypeOf } from "expect-type";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import * as exported from "fastify-grpc-policies";
import grpcPolicies, {
  createRedisStore,
  type GrpcPolicies,
  "module.exports" as required,
} from "fastify-grpc-policies";
import { Code, StatusError } from "grpc-transcoding";
import { Redis } from "ioredis";
import { redisServer, withoutRedis } from "./redis/redis-server.ts";
import { askHttp1, askNative, type ShopOptions, shopApp, shopProto, shopServer } from "./shop.ts";
import { type Snippet, snippetsOf } from "./snippets.ts";

const [first, limits, redis, byHand, breaker, bulkhead, update, ofTenant, store, ...rest] =
  snippetsOf("docs/policies.md") as Snippet[];

const registered =
  (snippet: Snippet | undefined, names: object = {}): NonNullable<ShopOptions["before"]> =>
  async (app) => {
    await snippet?.({ app, grpcPolicies, ...names });
  };

test("the page's first lines limit calls by tenant, and the update changes that", async (t) => {
  assert.deepEqual(rest, []);
  const { app, port } = await shopApp(t, { before: registered(first) });
  const policyOf = async () => (await askHttp1(port)()).headers["ratelimit-policy"];
  assert.equal(await policyOf(), '"tenant";q=1200;w=60');
  await update?.({ app });
  assert.equal(await policyOf(), '"tenant";q=600;w=60');
});

test("the page's limits make some methods and tenants differ", async (t) => {
  const settings = (await limits?.({}, "limits")) as never;
  const { port } = await shopApp(t, {
    gateway: { tenant: ({ headers }) => headers["x-tenant-id"] as string | undefined },
    before: async (app) => {
      await app.register(grpcPolicies, { limits: settings });
    },
  });
  const { headers } = await askHttp1(port, "/v1/buy/tea")({ "x-tenant-id": "acme" });
  assert.equal(headers["ratelimit-policy"], '"burst";q=50;w=2, "tenant";q=6000;w=60');
});

test("the page's store keeps buckets in Redis", { skip: withoutRedis }, async (t) => {
  const { port: redisPort } = await redisServer(t);
  const names = { Redis, createRedisStore, redisUrl: `redis://127.0.0.1:${redisPort}` };
  const settings = await limits?.({}, "limits");
  const { port } = await shopApp(t, { before: registered(redis, { ...names, limits: settings }) });
  assert.equal((await askNative(t, port)()).ok, true);
  const client = new Redis({ port: redisPort, host: "127.0.0.1" });
  t.after(() => client.disconnect());
  assert.deepEqual((await client.keys("*")).sort(), [
    "{fastify-grpc}:burst:127.0.0.1",
    "{fastify-grpc}:tenant:",
  ]);
});

test("the page's hand-written route shares the buckets of calls", async (t) => {
  const { port } = await shopApp(t, {
    before: async (app) => {
      const key = { by: "apiKey", capacity: 5, refillPerSecond: 0 } as const;
      await app.register(grpcPolicies, { limits: { key } });
      await byHand?.({ app, rateLimit });
    },
  });
  const headers = { "x-api-key": "alice" };
  for (let i = 0; i < 4; i += 1) assert.equal((await askHttp1(port)(headers)).ok, true);
  const report = () => fetch(`http://127.0.0.1:${port}/report`, { headers });
  assert.equal((await report()).status, 200);
  assert.equal((await report()).status, 429);
});

test("the page's breaker tells when it opens", async (t) => {
  const told: string[] = [];
  const { port } = await shopApp(t, {
    buy: (_call, callback) => callback(new StatusError(Code.UNAVAILABLE, "down")),
    before: registered(breaker, { notify: (text: string) => told.push(text) }),
  });
  for (let i = 0; i < 20; i += 1) await askHttp1(port)();
  assert.deepEqual(told, ["breaker-open default "]);
});

test("the page's bulkhead lets calls run", async (t) => {
  const { port } = await shopApp(t, { before: registered(bulkhead) });
  assert.equal((await askHttp1(port)()).ok, true);
});

test("the page's policies of one tenant are its own, generation after generation", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  const tenant = ({ headers }: { headers: object }) =>
    (headers as Record<string, string>)["x-tenant"];
  await app.register(grpcGateway, { proto: shopProto, upstream: await shopServer(), tenant });
  // Before the app is ready, as hooks are.
  const settings = { limits: { calls: { by: [], capacity: 2, refillPerSecond: 0 } } };
  const { createPolicies } = exported;
  const names = { app, createPolicies, settings, store: undefined };
  const { sendRateLimits } = exported;
  const previous = await ofTenant?.({ ...names, sendRateLimits, previous: undefined }, "made");
  // The test has no upstream of that name.
  const { policies, interceptors } = previous as exported.TenantPolicies;
  const { tenants } = app.grpcGateway();
  await tenants.set("acme", { policies, interceptors });
  const remaining = async () => {
    const headers = { "x-tenant": "acme" };
    return (await app.inject({ url: "/v1/buy/tea", headers })).headers.ratelimit;
  };
  assert.equal(await remaining(), '"calls";r=1');
  const next = await ofTenant?.({ ...names, sendRateLimits: () => {}, previous }, "made");
  const { policies: later } = next as exported.TenantPolicies;
  await tenants.set("acme", { policies: later });
  assert.equal(await remaining(), '"calls";r=0');
});

test("the page's own store decides", async (t) => {
  const own = (await store?.({ hasTokens: () => false }, "store")) as never;
  const { port } = await shopApp(t, {
    before: async (app) => {
      const all = { by: [], capacity: 1, refillPerSecond: 1 } as const;
      await app.register(grpcPolicies, { limits: { all }, store: own });
    },
  });
  assert.equal((await askHttp1(port)()).headers["retry-after"], "1");
});

test("the README's example runs, in both module systems", async (t) => {
  const [example, commonJs] = snippetsOf("packages/fastify-grpc-policies/README.md");
  const app = (await example?.({ Fastify, grpcGateway, grpcPolicies, proto: shopProto }, "app")) as
    | FastifyInstance
    | undefined;
  t.after(() => app?.close());
  await app?.ready();
  const plugin = await commonJs?.({ require: () => required }, "grpcPolicies");
  assert.equal(plugin, grpcPolicies);
});

test("the page names every start-up error", () => {
  const page = readFileSync(new URL("../../../../docs/policies.md", import.meta.url), "utf8");
  const named = new Set(page.match(/FST_GRPC_POLICIES_[A-Z_]*[A-Z]/g));
  const thrown = Object.keys(exported).filter((name) => name.startsWith("FST_"));
  assert.deepEqual([...named].sort(), thrown.sort());
});

test("the decorator has its type", () => {
  expectTypeOf<FastifyInstance["grpcPolicies"]>().toEqualTypeOf<GrpcPolicies>();
});
