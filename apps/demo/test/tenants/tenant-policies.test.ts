import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { FastifyInstance } from "fastify";
import type { TenantOptions } from "fastify-grpc-gateway";
import {
  createMemoryStore,
  createPolicies,
  type PolicySettings,
  sendRateLimits,
  type TenantPolicies,
  type TenantPoliciesHost,
} from "fastify-grpc-policies";
import { type GatewayEvent, gatewayRegistry } from "grpc-transcoding";
import {
  type Ask,
  askHttp1,
  askHttp2,
  askNative,
  type Buy,
  shopApp,
  shopServer,
} from "../policies/shop.ts";

/** An app whose tenants are told by a header. */
async function tenantsApp(t: TestContext) {
  const { app, port } = await shopApp(t, {
    before: sendRateLimits,
    gateway: { name: "shop", tenant: ({ headers }) => headers["x-tenant"] as string | undefined },
  });
  const { tenants } = app.grpcGateway();
  const set = async (
    tenant: string,
    settings: PolicySettings,
    host: Partial<TenantPoliciesHost> = {},
    options: TenantOptions = {},
  ): Promise<TenantPolicies> => {
    const made = await createPolicies(settings, { app, gateway: "shop", tenant, ...host });
    const { policies, interceptors } = made;
    await tenants.set(tenant, { ...options, policies, interceptors });
    return made;
  };
  const asks = { http1: askHttp1(port), http2: askHttp2(port), native: askNative(t, port) };
  const codes = async (tenant: string, times: number, ask: Ask = asks.http1) => {
    const told: unknown[] = [];
    for (let i = 0; i < times; i += 1) told.push((await ask({ "x-tenant": tenant })).code);
    return told;
  };
  return { app, set, asks, codes };
}

const ok = "OK";
const full = "RESOURCE_EXHAUSTED";
const away = "UNAVAILABLE";
const two: PolicySettings = { limits: { calls: { by: [], capacity: 2, refillPerSecond: 0 } } };

test("the limits of a tenant never touch those of another of the same name, in one store", async (t) => {
  const { set, asks, codes } = await tenantsApp(t);
  const store = createMemoryStore({ maxKeys: 1 });
  for (const tenant of ["red", "blue", "a tenant/with another name"]) {
    await set(tenant, two, { store });
  }
  assert.deepEqual(await codes("red", 3), [ok, ok, full]);
  assert.deepEqual(await codes("blue", 3, asks.native), [ok, ok, full]);
  assert.deepEqual(await codes("a tenant/with another name", 3, asks.http2), [ok, ok, full]);
  assert.deepEqual(await codes("red", 1, asks.native), [full]);
  assert.deepEqual(await codes("green", 3), [ok, ok, ok]);
});

test("calls of a tenant that pass are told its limits", async (t) => {
  const { set, asks } = await tenantsApp(t);
  await set("red", two);
  const { headers } = await asks.http1({ "x-tenant": "red" });
  assert.equal(headers.ratelimit, '"calls";r=1');
});

test("buckets outlive their generation by the name of their limit, and the one before keeps its own limits", async (t) => {
  const { app, set, codes } = await tenantsApp(t);
  const first = await set("red", two);
  assert.deepEqual(await codes("red", 2), [ok, ok]);
  const wider = { limits: { calls: { by: [], capacity: 3, refillPerSecond: 0 } } } as const;
  const unused = await createPolicies(wider, {
    app,
    gateway: "shop",
    tenant: "red",
    previous: first,
  });
  unused.close();
  assert.deepEqual(await codes("red", 1), [full]);
  const second = await set("red", two, { previous: first });
  first.close();
  assert.deepEqual(await codes("red", 1), [full]);
  await set("red", { limits: { others: two.limits?.calls as never } }, { previous: second });
  assert.deepEqual(await codes("red", 3), [ok, ok, full]);
});

/** The states of circuits, by the gauges. */
function states(app: FastifyInstance): unknown[] {
  return gatewayRegistry(app.server)
    .gauges.filter(({ name }) => name === "grpc_breaker_state")
    .map(({ labels, read }) => [labels.tenant, read()]);
}

const breaker: PolicySettings = { circuitBreaker: { consecutiveFailures: 2, resetMs: 60_000 } };

/** Fails while it is told to. */
function failing() {
  const shop = { fails: true };
  const buy: Buy = ({ request }, callback) => {
    if (shop.fails) callback(Object.assign(new Error("no"), { code: 14, details: "no" }));
    else callback(null, { what: request.what });
  };
  return { shop, buy };
}

test("circuits outlive their generation while the breaker's settings stay, and are a tenant's own", async (t) => {
  const { app, set, asks, codes } = await tenantsApp(t);
  const { shop, buy } = failing();
  const upstream = await shopServer({ buy });
  const events: GatewayEvent[] = [];
  const onEvent = (event: GatewayEvent) => void events.push(event);
  let red = await set("red", breaker, { onEvent }, { upstream });
  await set("blue", breaker, {}, { upstream: await shopServer() });
  assert.deepEqual(await codes("red", 2), [away, away]);
  assert.deepEqual(
    events.map(({ type, gateway, tenant }) => [type, gateway, tenant]),
    [["breaker-open", "shop", "red"]],
  );
  shop.fails = false;
  for (const ask of Object.values(asks)) {
    const { message } = await ask({ "x-tenant": "red" });
    assert.equal(message, "the service fails too often and is not called for a while");
  }
  assert.deepEqual(await codes("blue", 3), [ok, ok, ok]);
  assert.deepEqual(states(app), [
    ["red", 2],
    ["blue", 0],
  ]);
  // Another order of members is no other setting.
  const same = { circuitBreaker: { resetMs: 60_000, consecutiveFailures: 2 } };
  const again = await set("red", { ...two, ...same }, { previous: red }, { upstream });
  red.close();
  assert.deepEqual(await codes("red", 1), [away]);
  assert.deepEqual(states(app)[0], ["red", 2]);
  const other = { circuitBreaker: { consecutiveFailures: 3 } };
  red = await set("red", other, { previous: again }, { upstream });
  again.close();
  assert.deepEqual(await codes("red", 2), [ok, ok]);
  red.close();
  assert.deepEqual(states(app), [["blue", 0]]);
});

test("the bulkhead of a tenant counts the calls of the generation before as well", async (t) => {
  const { app, set, asks, codes } = await tenantsApp(t);
  const waiting: (() => void)[] = [];
  const buy: Buy = ({ request }, callback) =>
    void waiting.push(() => callback(null, { what: request.what }));
  const upstream = await shopServer({ buy });
  const one: PolicySettings = { bulkhead: { maxConcurrent: 1, maxPending: 0 } };
  const first = await set("red", one, {}, { upstream });
  const held = asks.http1({ "x-tenant": "red" });
  while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await set("red", one, { previous: first }, { upstream });
  first.close();
  assert.deepEqual(await codes("red", 1), [away]);
  waiting[0]?.();
  assert.equal((await held).code, ok);
  const gauges = gatewayRegistry(app.server).gauges.filter(({ name }) => /bulkhead/.test(name));
  assert.deepEqual(
    gauges.map(({ labels }) => labels.tenant),
    ["red", "red"],
  );
});

test("wrong settings are refused as the plugin refuses them, and nothing of the generation before is touched", async (t) => {
  const { app, set, codes } = await tenantsApp(t);
  const first = await set("red", two);
  const host = { app, gateway: "shop", tenant: "red", previous: first };
  const wrong: [object, string, RegExp][] = [
    [{ limits: { calls: { by: [] } } }, "FST_GRPC_POLICIES_OPTION", /limits\.calls\.capacity/],
    [{ limit: {} }, "FST_GRPC_POLICIES_UNKNOWN_KEY", /limit/],
    [{ ...two, bulkhead: { maxConcurrent: 0 } }, "FST_GRPC_POLICIES_OPTION", /maxConcurrent/],
  ];
  for (const [settings, code, message] of wrong) {
    await assert.rejects(createPolicies(settings, host), { code, message });
  }
  assert.deepEqual(await codes("red", 3), [ok, ok, full]);
});
