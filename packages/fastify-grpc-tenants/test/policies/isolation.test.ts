import assert from "node:assert/strict";
import { test } from "node:test";
import type { Policy } from "fastify-grpc-gateway";
import type { LimitStore } from "fastify-grpc-policies";
import { gatewayRegistry, refuse } from "grpc-transcoding";
import { clientsOf, sendHttp1 } from "../clients.ts";
import { type TenantsApp, tenantsApp, twoShops, twoTenants } from "../tenants-app.ts";
import { until } from "../until.ts";

const ways = ["http1", "http2", "native"] as const;
const refusedBy = { http1: "429", http2: "429", native: "RESOURCE_EXHAUSTED" } as const;
const awayBy = { http1: "503", http2: "503", native: "UNAVAILABLE" } as const;

async function changed({ app, write }: TenantsApp, text: string): Promise<void> {
  const { revision } = app.grpcTenants.status();
  write(text);
  await until(
    () => app.grpcTenants.status().revision !== revision,
    () => String(app.grpcTenants.status().error?.message),
  );
}

for (const where of ["in-process", "passed on"] as const) {
  test(`a tenant's limit is its own, for all protocols together (${where})`, async (t) => {
    const { upstreams, pay } = await twoShops(t, where);
    const limits = "    limits: { calls: { capacity: 3, refill_per_second: 0 } }";
    const made = await tenantsApp(t, {
      document: twoTenants(limits, limits),
      options: { upstreams },
    });
    const clients = clientsOf(t, made.port);
    for (const way of ways) assert.equal(await clients[way]({ prefix: "/pay" }), "pay");
    for (const way of ways) assert.equal(await clients[way]({ prefix: "/pay" }), refusedBy[way]);
    assert.equal(pay.calls, 3);
    for (const way of ways) assert.equal(await clients[way]({ prefix: "/risk" }), "risk");
    await changed(made, twoTenants(limits, limits).replace("/pay", "/money"));
    for (const way of ways)
      assert.equal(await clients[way]({ prefix: "/money" }), refusedBy[way], "as before");
    await changed(made, twoTenants(limits.replace("3", "5"), limits));
    await changed(made, twoTenants("", limits));
    for (const way of ways) assert.equal(await clients[way]({ prefix: "/pay" }), "pay");
  });
}

test("a limit tells its headers and when to come back, and may be by another key", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const limits = "    limits: { key: { by: apiKey, capacity: 1, refill_per_second: 0.1 } }";
  const { port } = await tenantsApp(t, { document: twoTenants(limits), options: { upstreams } });
  const ask = (key: string) => sendHttp1(port, { prefix: "/pay", headers: { "x-api-key": key } });
  assert.equal((await ask("a")).headers["ratelimit-policy"], '"key";q=1;w=10');
  const { status, headers } = await ask("a");
  assert.deepEqual([status, headers["retry-after"]], [429, "10"]);
  assert.equal((await ask("b")).status, 200);
  const quiet = await tenantsApp(t, {
    document: twoTenants(limits),
    options: { upstreams, rateLimitHeaders: false },
  });
  assert.equal(
    (await sendHttp1(quiet.port, { prefix: "/pay" })).headers["ratelimit-policy"],
    undefined,
  );
});

test("tenants' buckets may be kept in a store of the app's, and what happens when that fails is the app's choice", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const limits = "    limits: { calls: { capacity: 3, refill_per_second: 0 } }";
  const taken: string[] = [];
  let fails = false;
  const store: LimitStore = {
    take(demands) {
      if (fails) throw new Error("the store is away");
      taken.push(...demands.map(({ limit, key }) => `${limit} ${key}`));
      return { taken: true, buckets: demands.map(() => ({ remaining: 1, waitMs: 0 })) };
    },
  };
  const options = { upstreams, store, onStoreError: "refuse" } as const;
  const { port } = await tenantsApp(t, { document: twoTenants(limits, limits), options });
  for (const prefix of ["/pay", "/risk"]) await sendHttp1(port, { prefix });
  assert.deepEqual(taken, ["pay/calls pay", "risk/calls risk"]);
  fails = true;
  assert.equal((await sendHttp1(port, { prefix: "/pay" })).status, 503);
});

test("a tenant's circuit opens for it alone, stays open when something else changes, and not for another upstream", async (t) => {
  const { upstreams, pay } = await twoShops(t, "passed on");
  const breaker = "    breaker: { consecutive_failures: 3, reset_ms: 60000 }";
  const made = await tenantsApp(t, {
    document: twoTenants(breaker, breaker),
    options: { upstreams },
  });
  const clients = clientsOf(t, made.port);
  const answersAs = async (prefix: string) => {
    const answers: string[] = [];
    for (const way of ways) answers.push(await clients[way]({ prefix }));
    return answers;
  };
  for (let i = 0; i < 3; i += 1) await clients.http1({ prefix: "/pay" }, "/v1/who?ask=14");
  const before = pay.calls;
  assert.deepEqual(
    await answersAs("/pay"),
    ways.map((way) => awayBy[way]),
  );
  assert.equal(pay.calls, before, "none reaches the upstream");
  assert.deepEqual(await answersAs("/risk"), ["risk", "risk", "risk"]);
  const states = () =>
    gatewayRegistry(made.app.server)
      .gauges.filter(({ name }) => name === "grpc_breaker_state")
      .map(({ labels, read }) => `${labels.tenant} ${read()}`);
  assert.deepEqual(states().sort(), ["pay 2", "risk 0"]);
  await changed(made, twoTenants(breaker, breaker).replace("/pay", "/money"));
  assert.deepEqual(
    await answersAs("/money"),
    ways.map((way) => awayBy[way]),
  );
  await changed(made, twoTenants(breaker, breaker).replace("upstream: pay", "upstream: risk"));
  assert.deepEqual(await answersAs("/pay"), ["risk", "risk", "risk"]);
  await changed(made, twoTenants("", ""));
  assert.deepEqual(states(), []);
});

test("a tenant's bulkhead is full for it alone", async (t) => {
  const { upstreams, pay, risk } = await twoShops(t, "in-process");
  const bulkhead = "    bulkhead: { max_concurrent: 1, max_pending: 0 }";
  const { port } = await tenantsApp(t, {
    document: twoTenants(bulkhead, bulkhead),
    options: { upstreams },
  });
  const clients = clientsOf(t, port);
  const waiting = clients.native({ prefix: "/pay" }, "/v1/who/wait");
  await until(
    () => pay.waiting === 1,
    () => "does not wait",
  );
  for (const way of ways) assert.equal(await clients[way]({ prefix: "/pay" }), awayBy[way]);
  for (const way of ways) assert.equal(await clients[way]({ prefix: "/risk" }), "risk");
  assert.equal(risk.waiting, 0);
  pay.release();
  assert.equal(await waiting, "pay");
  assert.equal(await clients.http1({ prefix: "/pay" }), "pay");
});

test("policies are those that the tenant names, before its limits", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const seen: string[] = [];
  const policies: Record<string, Policy> = {
    closed: ({ tenant }) => {
      seen.push(`closed ${tenant}`);
      return refuse("PERMISSION_DENIED", "closed");
    },
    seen: ({ tenant }) => void seen.push(`seen ${tenant}`),
  };
  const limits =
    "    limits: { calls: { capacity: 1, refill_per_second: 0 } }\n    policies: [closed]";
  const { port } = await tenantsApp(t, {
    document: twoTenants(limits, "    policies: [seen]"),
    options: { upstreams, policies },
  });
  const clients = clientsOf(t, port);
  assert.equal(await clients.http1({ prefix: "/pay" }), "403");
  assert.equal(await clients.native({ prefix: "/pay" }), "PERMISSION_DENIED");
  assert.equal(await clients.native({ prefix: "/risk" }), "risk");
  assert.deepEqual(seen, ["closed pay", "closed pay", "seen risk"]);
});

test("errors, JSON, deadlines and sizes are each tenant's own", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const own = `    errors: { codes: { NOT_FOUND: 410 } }
    json: { emit: set }
    unknown_query: ignore
    deadline: { default_ms: 50 }
    message_limits: { max_response_bytes: 1 }`;
  const { port } = await tenantsApp(t, { document: twoTenants(own), options: { upstreams } });
  const status = async (prefix: string, path: string) =>
    (await sendHttp1(port, { prefix }, path)).status;
  assert.equal(await status("/pay", "/v1/who?ask=5"), 410);
  assert.equal(await status("/risk", "/v1/who?ask=5"), 404);
  assert.equal(await status("/pay", "/v1/who?nothing=1&ask=5"), 410);
  assert.equal(await status("/risk", "/v1/who?nothing=1"), 400);
  assert.equal(await status("/pay", "/v1/who/wait"), 504);
  assert.equal(await status("/pay", "/v1/who"), 502);
  assert.equal(await status("/risk", "/v1/who"), 200);
});

const wrong: readonly [what: string, lines: string, message: RegExp][] = [
  [
    "two ways to open",
    "    breaker: { consecutive_failures: 5, failure_rate: 60 }",
    /:7:38: tenant "pay": .*consecutiveFailures/,
  ],
  [
    "a code that is none",
    "    breaker: { codes: [UNAVAILBLE] }",
    /:7:24: tenant "pay": .*UNAVAILBLE/,
  ],
  [
    "a cost above the capacity",
    "    limits: { a: { capacity: 1, refill_per_second: 1, cost: 2 } }",
    /:7:\d+: tenant "pay": .*limits.a/,
  ],
  [
    "a method that is a pattern of nothing",
    '    bulkhead: { max_concurrent: 1, methods: ["*x"] }',
    /:7:46: tenant "pay": .*bulkhead.methods\[0\]/,
  ],
];

for (const [what, lines, message] of wrong) {
  test(`policies with ${what} are refused with their place`, async (t) => {
    const { upstreams } = await twoShops(t, "in-process");
    await assert.rejects(
      tenantsApp(t, { document: twoTenants(lines), options: { upstreams } }),
      message,
    );
  });
}

test("what policies hold is let go of with them: where they are left out, after a document that was refused, and with the app", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const held = "    bulkhead: { max_concurrent: 9 }\n    breaker: {}";
  const made = await tenantsApp(t, { document: twoTenants(held, held), options: { upstreams } });
  const { app, port, write } = made;
  const gauges = () =>
    gatewayRegistry(app.server)
      .gauges.filter(({ name }) => /^grpc_(breaker|bulkhead)/.test(name))
      .map(({ name, labels }) => `${name} ${labels.tenant}`)
      .sort();
  for (const prefix of ["/pay", "/risk"]) await sendHttp1(port, { prefix });
  const ofRisk = [
    "grpc_breaker_state risk",
    "grpc_bulkhead_pending risk",
    "grpc_bulkhead_running risk",
  ];
  assert.equal(gauges().length, 6);
  const refused = twoTenants(held, held)
    .replace("/pay", "/money")
    .replace("proto_path: risk", "proto_path: nowhere");
  write(refused);
  await until(
    () => app.grpcTenants.status().stale,
    () => "not stale",
  );
  assert.equal(gauges().length, 6);
  await changed(made, twoTenants("", held));
  assert.deepEqual(gauges(), ofRisk);
  await app.close();
  assert.deepEqual(gauges(), []);
});
