import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { callNative, type DemoTenants, demoTenants, type Sent, send } from "./demo-tenants.ts";

const payment = { amount: "1250", currency: "EUR", card: "tok_visa" };
const assessment = { amount: "990000", cardCountry: "DE", buyerCountry: "US" };
const header = (id: string): Sent => ({ headers: { "x-tenant-id": id } });

/** Asks until the answer is as expected: a change is effective soon, not at once. */
async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`never ${what}`);
    await wait(10);
  }
}

const pay = async ({ port }: DemoTenants, sent: Sent = {}) =>
  send(port, "/pay/v1/payments", { body: payment, ...sent });

test("the demo's tenants answer by header, prefix and host, beside the library", async (t) => {
  const demo = await demoTenants(t);
  const { port } = demo;
  const made = await pay(demo);
  assert.deepEqual(JSON.parse(made.body), {
    name: "payments/1",
    amount: "1250",
    currency: "EUR",
    state: "CHARGED",
  });
  for (const [path, sent] of [
    ["/pay/v1/payments/1", {}],
    ["/v1/payments/1", header("pay-core")],
    ["/v1/payments/1", { headers: { host: `pay.localhost:${port}` } }],
  ] as const) {
    assert.equal((await send(port, path, sent)).body, made.body, path);
  }
  const refunded = await send(port, "/pay/v1/payments/1:refund", { body: {} });
  assert.equal(JSON.parse(refunded.body).state, "REFUNDED");
  const assessed = await send(port, "/risk/v1/assessments", { body: assessment });
  assert.equal(assessed.body, '{"score":49,"advice":"REVIEW"}');
  const shelves = await send(port, "/v1/shelves");
  assert.equal(JSON.parse(shelves.body).shelves.length, 2);
});

test("what is another tenant's, the library's or nobody's is an unknown path", async (t) => {
  const { port } = await demoTenants(t);
  for (const [path, sent] of [
    ["/v1/payments/1", {}],
    ["/pay/v1/shelves", {}],
    ["/v1/shelves", header("pay-core")],
    ["/v1/shelves", header("nobody")],
    ["/pay/v1/payments/1", header("risk-engine")],
  ] as const) {
    const { status, body } = await send(port, path, sent);
    assert.equal(status, 404);
    assert.equal(JSON.parse(body).message, `Route GET:${path} not found`);
  }
});

test("each tenant has its own error table", async (t) => {
  const { port } = await demoTenants(t);
  const body = { amount: "0" };
  assert.equal((await send(port, "/pay/v1/payments", { body })).status, 400);
  assert.equal((await send(port, "/risk/v1/assessments", { body })).status, 422);
});

test("a preflight is answered by the tenant of its prefix, or by whoever allows its origin", async (t) => {
  const { port } = await demoTenants(t);
  const allowed = async (path: string, origin: string, asked = "content-type") => {
    const headers = {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": asked,
    };
    const answer = await send(port, path, { method: "OPTIONS", headers });
    return answer.headers["access-control-allow-origin"];
  };
  const [shop, office] = ["http://localhost:3000", "http://localhost:3001"];
  assert.equal(await allowed("/pay/v1/payments", shop), shop);
  assert.equal(await allowed("/pay/v1/payments", office), undefined);
  assert.equal(await allowed("/risk/v1/assessments", office), office);
  assert.equal(await allowed("/v1/payments", shop, "x-tenant-id"), shop);
  assert.equal(await allowed("/v1/payments", "http://evil.example", "x-tenant-id"), undefined);
  const actual = await send(port, "/v1/payments/1", {
    headers: { origin: office, "x-tenant-id": "pay-core" },
  });
  assert.equal(actual.headers["access-control-allow-origin"], undefined);
});

test("a key confirms its own tenant and is refused at another's", async (t) => {
  const demo = await demoTenants(t);
  const withKey = async (key: string) =>
    (await pay(demo, { headers: { "x-tenant-key": key } })).status;
  assert.equal(await withKey("key-of-pay-core"), 200);
  assert.equal(await withKey("key-of-risk-engine"), 403);
  assert.equal(await withKey("no key"), 401);
  const metadata = { "x-tenant-id": "risk-engine", "x-tenant-key": "key-of-pay-core" };
  const path = "/risk.v1.Assessments/Assess";
  assert.equal(await callNative(t, demo.port, path, { metadata }), "PERMISSION_DENIED");
});

test("native calls find their tenant by metadata or authority, others do not find the service", async (t) => {
  const { port } = await demoTenants(t);
  const path = "/risk.v1.Assessments/Assess";
  const call = (way: Parameters<typeof callNative>[3]) => callNative(t, port, path, way);
  // The service itself refuses the amount of zero.
  assert.equal(await call({ metadata: { "x-tenant-id": "risk-engine" } }), "INVALID_ARGUMENT");
  assert.equal(await call({ authority: "risk.localhost" }), "INVALID_ARGUMENT");
  assert.equal(await call({ metadata: { "x-tenant-id": "pay-core" } }), "UNIMPLEMENTED");
  assert.equal(await call({ authority: "pay.localhost" }), "UNIMPLEMENTED");
  assert.equal(await call({}), "UNIMPLEMENTED");
  assert.equal(await callNative(t, port, "/library.v1.LibraryService/ListShelves"), "OK");
});

test("a stopped tenant is away for both protocols until it is started, and the others are not", async (t) => {
  const demo = await demoTenants(t);
  const { app, port } = demo;
  const native = () =>
    callNative(t, port, "/pay.v1.Payments/GetPayment", { authority: "pay.localhost" });
  await app.grpcTenants.stop("pay-core", { retryAfterS: 3 });
  const { status, headers } = await pay(demo);
  assert.deepEqual([status, headers["retry-after"]], [503, "3"]);
  assert.equal(await native(), "UNAVAILABLE");
  assert.equal((await send(port, "/risk/v1/assessments", { body: assessment })).status, 200);
  assert.equal((await send(port, "/v1/shelves")).status, 200);
  app.grpcTenants.start("pay-core");
  assert.equal((await pay(demo)).status, 200);
  assert.equal(await native(), "NOT_FOUND");
});

test("an edit of the document is effective while the app runs, and a wrong one changes nothing", async (t) => {
  const demo = await demoTenants(t);
  const { app, port, edit } = demo;
  edit("prefix: /pay", "prefix: /money");
  await until(
    async () => (await send(port, "/money/v1/payments", { body: payment })).status === 200,
    "moved",
  );
  assert.equal((await pay(demo)).status, 404);
  edit("capacity: 10,", "capacity: ten,");
  await until(() => app.grpcTenants.status().stale, "refused");
  assert.match(
    app.grpcTenants.status().error?.message ?? "",
    /tenants\.yaml:\d+:\d+: .*capacity is "ten"/,
  );
  assert.equal((await send(port, "/risk/v1/assessments", { body: assessment })).status, 200);
  edit("capacity: ten,", "capacity: 20,");
  await until(() => !app.grpcTenants.status().stale, "mended");
  assert.deepEqual(app.grpcTenants.list(), ["pay-core", "risk-engine"]);
});

test("a tenant over its limit is told when to come back, and another is served", async (t) => {
  const demo = await demoTenants(t);
  const { port } = demo;
  const assess = () => send(port, "/risk/v1/assessments", { body: assessment });
  let last = await assess();
  // The bucket of ten gets another token each second.
  await until(async () => {
    last = await assess();
    return last.status !== 200;
  }, "limited");
  assert.equal(last.status, 429);
  assert.match(String(last.headers["retry-after"]), /^[1-9]$/);
  assert.equal((await pay(demo)).status, 200);
});

test("a tenant whose service fails is cut off, and another is served", async (t) => {
  const demo = await demoTenants(t);
  const body = { ...payment, card: "network-down" };
  // So that the app's own breaker, which counts more than 60 % of calls, has no part in it.
  for (let i = 0; i < 5; i += 1) assert.equal((await pay(demo)).status, 200);
  for (let i = 0; i < 5; i += 1) assert.equal((await pay(demo, { body })).status, 503);
  const cut = await pay(demo);
  assert.equal(cut.status, 503);
  assert.match(String(cut.headers["retry-after"]), /^(30|29|28)$/);
  assert.equal((await send(demo.port, "/risk/v1/assessments", { body: assessment })).status, 200);
});

test("Swagger UI's list has the library first, and each tenant as it is now", async (t) => {
  const { app, port, edit } = await demoTenants(t);
  const listed = async () => {
    const { urls } = JSON.parse((await send(port, "/docs/documents.json")).body) as {
      urls: { url: string; name: string }[];
    };
    return urls;
  };
  assert.deepEqual(
    (await listed()).map(({ name }) => name),
    ["library", "pay-core", "risk-engine"],
  );
  const documents = await Promise.all(
    (await listed()).map(async ({ url }) => {
      const { paths } = JSON.parse((await send(port, url)).body) as { paths: object };
      return Object.keys(paths);
    }),
  );
  assert.ok(documents[0]?.includes("/health"));
  assert.ok(!documents[0]?.some((path) => path.includes("payments")));
  assert.ok(documents[1]?.every((path) => path.startsWith("/pay/v1/payments")));
  assert.deepEqual(documents[2], ["/risk/v1/assessments"]);
  edit("id: risk-engine", "id: risk");
  await until(() => app.grpcTenants.list().includes("risk"), "renamed");
  assert.deepEqual(
    (await listed()).map(({ name }) => name),
    ["library", "pay-core", "risk"],
  );
});
