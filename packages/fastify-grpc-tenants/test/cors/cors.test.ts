import assert from "node:assert/strict";
import { test } from "node:test";
import { type HttpAnswer, type Naming, sendHttp1 } from "../clients.ts";
import { shopProto } from "../shop.ts";
import { type TenantsApp, tenantsApp, twoShops, twoTenants } from "../tenants-app.ts";
import { until } from "../until.ts";

const pay = `    cors:
      allow_origins: ["https://pay.app", "https://both.app"]
      allow_credentials: true
      max_age: 600
`;
const risk = `    cors:
      allow_origins: ["https://risk.app", "https://both.app"]
      allow_methods: [GET]
      allow_headers: [x-tenant-id, x-risk]
      expose_headers: [etag]
      max_age: 60
`;

async function corsApp(
  t: Parameters<typeof tenantsApp>[0],
  document = twoTenants(pay, risk),
): Promise<TenantsApp> {
  const { upstreams } = await twoShops(t, "in-process");
  return await tenantsApp(t, {
    document,
    options: { upstreams },
    after: (app) => app.get("/hand-written", async () => "mine"),
  });
}

interface Allowed {
  readonly status: number;
  readonly origin: unknown;
  readonly credentials: unknown;
}

function allowed({ status, headers }: HttpAnswer): Allowed {
  return {
    status,
    origin: headers["access-control-allow-origin"],
    credentials: headers["access-control-allow-credentials"],
  };
}

/** What a browser sends before a request that it may not simply send. */
async function preflight(
  { port }: TenantsApp,
  origin: string,
  naming: Naming = {},
  asked = "x-tenant-id",
): Promise<HttpAnswer> {
  const headers = {
    origin,
    "access-control-request-method": "GET",
    ...(asked && { "access-control-request-headers": asked }),
    ...naming.headers,
  };
  return await sendHttp1(port, { ...naming, headers }, "/v1/who", "OPTIONS");
}

const none = { origin: undefined, credentials: undefined };

test("a preflight is answered by the tenant of its prefix or host", async (t) => {
  const made = await corsApp(t);
  for (const naming of [{ prefix: "/pay" }, { host: "pay.example" }]) {
    const own = await preflight(made, "https://pay.app", naming);
    assert.deepEqual(allowed(own), { status: 204, origin: "https://pay.app", credentials: "true" });
    assert.equal(own.headers["access-control-max-age"], "600");
    assert.equal(
      own.headers["access-control-allow-methods"],
      "GET, HEAD, POST, PUT, PATCH, DELETE",
    );
    assert.equal(own.headers["access-control-allow-headers"], "x-tenant-id");
    const other = await preflight(made, "https://risk.app", naming);
    assert.equal(allowed(other).origin, undefined);
  }
  const own = await preflight(made, "https://risk.app", { prefix: "/risk" });
  assert.deepEqual(allowed(own), {
    status: 204,
    origin: "https://risk.app",
    credentials: undefined,
  });
  assert.equal(own.headers["access-control-allow-methods"], "GET");
  assert.equal(own.headers["access-control-allow-headers"], "x-tenant-id, x-risk");
});

test("a preflight that announces the tenant's header is answered by what any tenant allows its origin", async (t) => {
  const made = await corsApp(t);
  const ofPay = await preflight(made, "https://pay.app", {}, "content-type, X-Tenant-Id");
  assert.deepEqual(allowed(ofPay), { status: 204, origin: "https://pay.app", credentials: "true" });
  const ofRisk = await preflight(made, "https://risk.app");
  assert.deepEqual(allowed(ofRisk), {
    status: 204,
    origin: "https://risk.app",
    credentials: undefined,
  });
  const ofBoth = await preflight(made, "https://both.app");
  assert.deepEqual(allowed(ofBoth), {
    status: 204,
    origin: "https://both.app",
    credentials: "true",
  });
  assert.equal(ofBoth.headers["access-control-max-age"], "60");
  assert.equal(
    ofBoth.headers["access-control-allow-methods"],
    "GET, HEAD, POST, PUT, PATCH, DELETE",
  );
  const refused = [
    await preflight(made, "https://evil.app"),
    await preflight(made, "https://pay.app", {}, "content-type"),
    await preflight(made, "https://pay.app", {}, ""),
    await preflight(made, "https://pay.app", { prefix: "/nobody" }, ""),
    await preflight(made, "https://pay.app", { prefix: "/pay", host: "risk.example" }),
  ];
  for (const answer of refused) assert.deepEqual(allowed(answer), { status: 404, ...none });
});

test("a request is held to what its own tenant allows, however it names it", async (t) => {
  const made = await corsApp(t);
  const ask = async (origin: string, naming: Naming) => {
    const headers = { origin, ...naming.headers };
    const answer = await sendHttp1(made.port, { ...naming, headers });
    assert.equal(answer.status, 200);
    return answer;
  };
  for (const naming of [
    { headers: { "x-tenant-id": "pay" } },
    { prefix: "/pay" },
    { host: "pay.example" },
  ]) {
    const own = await ask("https://pay.app", naming);
    assert.deepEqual(allowed(own), { status: 200, origin: "https://pay.app", credentials: "true" });
    assert.match(String(own.headers.vary), /origin/i);
    assert.equal(allowed(await ask("https://risk.app", naming)).origin, undefined);
  }
  const risks = await ask("https://risk.app", { headers: { "x-tenant-id": "risk" } });
  assert.equal(risks.headers["access-control-expose-headers"], "etag");
  assert.equal(allowed(risks).origin, "https://risk.app");
});

test("what fails in a tenant is readable by its pages as well", async (t) => {
  const made = await corsApp(t);
  const headers = { origin: "https://pay.app" };
  const failed = await sendHttp1(made.port, { prefix: "/pay", headers }, "/v1/who?ask=5");
  assert.deepEqual(allowed(failed), {
    status: 404,
    origin: "https://pay.app",
    credentials: "true",
  });
  await made.app.grpcTenants.stop("pay");
  const stopped = await sendHttp1(made.port, { prefix: "/pay", headers });
  assert.deepEqual(allowed(stopped), {
    status: 503,
    origin: "https://pay.app",
    credentials: "true",
  });
});

test("a tenant without CORS, an unknown one, and routes of the app's own allow nothing", async (t) => {
  const made = await corsApp(t, twoTenants(pay));
  const headers = { origin: "https://pay.app" };
  for (const [naming, path, status] of [
    [{ prefix: "/risk" }, "/v1/who", 200],
    [{ prefix: "/nobody" }, "/v1/who", 404],
    [{}, "/hand-written", 200],
  ] as const) {
    const answer = await sendHttp1(made.port, { ...naming, headers }, path);
    assert.deepEqual(allowed(answer), { status, ...none });
  }
  assert.equal((await preflight(made, "https://pay.app", { prefix: "/risk" })).status, 404);
});

test("any origin may be allowed", async (t) => {
  const made = await corsApp(t, twoTenants('    cors: { allow_origins: ["*"] }'));
  const headers = { origin: "https://any.app" };
  assert.equal(allowed(await sendHttp1(made.port, { prefix: "/pay", headers })).origin, "*");
  assert.equal(allowed(await preflight(made, "https://any.app")).origin, "https://any.app");
  for (let i = 0; i < 3; i += 1) await preflight(made, `https://${i}.app`);
});

test("an OPTIONS that is no preflight is a request like others, also one that the tenant's API has", async (t) => {
  const made = await corsApp(t);
  const plain = await sendHttp1(made.port, { prefix: "/pay" }, "/v1/who", "OPTIONS");
  assert.equal(plain.status, 404);
  const withOrigin = await sendHttp1(
    made.port,
    { prefix: "/pay", headers: { origin: "https://pay.app" } },
    "/v1/who",
    "OPTIONS",
  );
  assert.equal(withOrigin.status, 404);
  const proto = shopProto().replace(
    '{ get: "/v1/who" }',
    '{ custom { kind: "OPTIONS" path: "/v1/who" } }',
  );
  made.files.write("pay/shop.proto", proto);
  const headers = { origin: "https://pay.app" };
  await until(
    async () =>
      (await sendHttp1(made.port, { prefix: "/pay", headers }, "/v1/who", "OPTIONS")).status ===
      200,
    () => "not served",
  );
  const answer = await preflight(made, "https://pay.app", { prefix: "/pay" });
  assert.deepEqual(allowed(answer), {
    status: 204,
    origin: "https://pay.app",
    credentials: "true",
  });
});

test("what is allowed changes with the document", async (t) => {
  const made = await corsApp(t);
  assert.equal(allowed(await preflight(made, "https://new.app")).status, 404);
  assert.equal(allowed(await preflight(made, "https://pay.app")).origin, "https://pay.app");
  made.write(twoTenants(pay.replace("pay.app", "new.app"), risk));
  await until(
    async () => allowed(await preflight(made, "https://new.app")).status === 204,
    () => "not allowed",
  );
  assert.equal(allowed(await preflight(made, "https://pay.app")).status, 404);
});

test("the app may have CORS of its own", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const { default: cors } = await import("@fastify/cors");
  const { port } = await tenantsApp(t, {
    document: twoTenants(pay),
    options: { upstreams, cors: false },
    before: (app) => app.register(cors, { origin: "https://mine.app" }),
  });
  const answer = await sendHttp1(port, { prefix: "/pay", headers: { origin: "https://pay.app" } });
  assert.equal(allowed(answer).origin, "https://mine.app");
});
