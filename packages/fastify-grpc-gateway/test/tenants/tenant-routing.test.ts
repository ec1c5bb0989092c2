import assert from "node:assert/strict";
import { test } from "node:test";
import type { FastifyRequest } from "fastify";
import type { TenantRequest } from "fastify-grpc-gateway";
import { connectHttp2, grpcHeaders, requestHttp1, requestHttp2 } from "../one-port/http-clients.ts";
import { plain } from "../one-port/server-shapes.ts";
import { shopProto, shopServer } from "../shop.ts";
import { guardProto, namedServer, type TenantApp, tenantApp, whoAmI } from "./tenant-app.ts";

const red = async () => ({ source: { proto: guardProto }, upstream: await namedServer("red") });
const blue = async () => ({ source: { proto: shopProto }, upstream: await shopServer() });

/** Sets a tenant with the guarded API and one with the shop's. */
async function setTwo({ app }: Pick<TenantApp, "app">): Promise<void> {
  const { tenants } = app.grpcGateway();
  await tenants.set("red", await red());
  await tenants.set("blue", await blue());
}

const selectors = {
  header: ({ headers }: TenantRequest) => headers["x-tenant"] as string | undefined,
  host: ({ host }: TenantRequest) => /^(red|blue)\./.exec(host ?? "")?.[1],
  "path prefix": ({ url }: TenantRequest) => {
    const tenant = /^\/(red|blue)\//.exec(url)?.[1];
    return tenant === undefined ? undefined : { tenant, prefix: `/${tenant}` };
  },
};

for (const [by, tenant] of Object.entries(selectors)) {
  test(`two schemas on one prefix by ${by}: each tenant has its own routes, in REST and native`, async (t) => {
    const given = await tenantApp(t, { tenant, notFound: "table" });
    await setTwo(given);
    const { port } = given;
    const session = connectHttp2(t, plain, port);
    const prefix = (name: string) => (by === "path prefix" ? `/${name}` : "");
    const claims = (name: string): Record<string, string> =>
      by === "header" ? { "x-tenant": name } : {};
    const host = (name: string) => (by === "host" ? `${name}.example:80` : `127.0.0.1:${port}`);
    const get = async (name: string, path: string) => {
      const target = prefix(name) + path;
      const one = await requestHttp1(plain, port, target, {
        headers: { ...claims(name), host: host(name) },
      });
      const two = await requestHttp2(session, {
        ":path": target,
        ":authority": host(name),
        ...claims(name),
      });
      assert.equal(one.statusCode, two.statusCode);
      assert.equal(String(one.body), String(two.body));
      return one.statusCode === 200 ? JSON.parse(String(one.body)) : one.statusCode;
    };
    const native = async (name: string, path: string) => {
      const answer = await requestHttp2(
        session,
        {
          ...grpcHeaders(prefix(name) + path),
          ":authority": host(name),
          ...claims(name),
        },
        Buffer.alloc(5),
      );
      const status = answer.trailers["grpc-status"] ?? answer.headers["grpc-status"];
      return `${status} ${answer.body.subarray(7)}`;
    };
    assert.deepEqual(await get("red", "/v1/whoami"), { user: "red" });
    assert.deepEqual(await get("blue", "/v1/names"), ["a", "b"]);
    assert.equal(await get("red", "/v1/names"), 404);
    assert.equal(await get("blue", "/v1/whoami"), 404);
    assert.equal(await native("red", whoAmI), "0 red");
    assert.match(await native("blue", "/shop.v1.Shop/GetItem"), /^0 /);
    assert.match(await native("red", "/shop.v1.Shop/GetItem"), /^12 /);
    assert.match(await native("blue", whoAmI), /^12 /);
    const nobody = await requestHttp1(plain, port, "/v1/whoami");
    assert.deepEqual(JSON.parse(String(nobody.body)), { user: "own" });
  });
}

test("a tenant is added after the app is ready, replaced and taken away, without a restart", async (t) => {
  const given = await tenantApp(t);
  const { tenants } = given.app.grpcGateway();
  const asks = given.asks("/v1/whoami");
  const all = async (expected: string) => {
    for (const [protocol, ask] of Object.entries(asks)) {
      assert.equal(await ask({ "x-tenant": "red" }), expected, protocol);
    }
  };
  await all("own");
  await tenants.set("red", await red());
  await all("red");
  await tenants.set("red", { upstream: await namedServer("red again") });
  await all("red again");
  assert.deepEqual(tenants.names, ["red"]);
  assert.equal(await tenants.delete("red"), true);
  assert.equal(await tenants.delete("red"), false);
  assert.deepEqual(tenants.names, []);
  await all("own");
});

test("a tenant is set before the app is ready", async (t) => {
  const given = await tenantApp(t, {}, { after: (app) => setTwo({ app }) });
  for (const [protocol, ask] of Object.entries(given.asks("/v1/whoami"))) {
    assert.equal(await ask({ "x-tenant": "red" }), "red", protocol);
  }
});

test("40 tenants with equal bindings have their own services each", async (t) => {
  const given = await tenantApp(t);
  const { tenants } = given.app.grpcGateway();
  const names = Array.from({ length: 40 }, (_, i) => `t${i}`);
  for (const name of names) {
    await tenants.set(name, { source: { proto: guardProto }, upstream: await namedServer(name) });
  }
  assert.deepEqual(tenants.names, names);
  const asks = Object.entries(given.asks("/v1/whoami"));
  for (const name of names) {
    for (const [protocol, ask] of asks) {
      assert.equal(await ask({ "x-tenant": name }), name, protocol);
    }
  }
});

test("a tenant may be called as a member of Object.prototype is", async (t) => {
  const given = await tenantApp(t);
  const { tenants } = given.app.grpcGateway();
  const names = ["__proto__", "constructor", "toString"];
  const asks = Object.entries(given.asks("/v1/whoami"));
  for (const name of names) {
    for (const [protocol, ask] of asks) {
      assert.equal(await ask({ "x-tenant": name }), "own", `${protocol} ${name}`);
    }
  }
  for (const name of names) await tenants.set(name, { upstream: await namedServer(name) });
  assert.deepEqual(tenants.names, names);
  for (const name of names) {
    for (const [protocol, ask] of asks) {
      assert.equal(await ask({ "x-tenant": name }), name, `${protocol} ${name}`);
    }
  }
});

test("the selector is asked once for each request and call, whatever happens to it", async (t) => {
  let asked = 0;
  const seen: TenantRequest[] = [];
  const given = await tenantApp(
    t,
    {
      policies: [
        ({ tenant }) => {
          if (tenant === "refused") throw new Error("no");
        },
      ],
      tenant: (request) => {
        asked += 1;
        seen.push(request);
        return request.headers["x-tenant"] as string | undefined;
      },
    },
    { before: (app) => app.addHook("onRequest", async (request) => void request.rpc?.tenant) },
  );
  await setTwo(given);
  const asks = [
    ...Object.entries(given.asks("/v1/whoami")),
    ...Object.entries(given.asks("/v1/nothing", "/guard.v1.Guarded/Nothing")),
  ];
  for (const tenant of ["red", "refused", "of no entry"]) {
    for (const [protocol, ask] of asks) {
      asked = 0;
      await ask({ "x-tenant": tenant });
      assert.equal(asked, 1, `${protocol} ${tenant}`);
    }
  }
  const [http1, , native] = seen;
  assert.deepEqual(
    [http1?.method, http1?.url, http1?.host, http1?.remoteAddress, http1?.encrypted],
    ["GET", "/v1/whoami", `127.0.0.1:${given.port}`, "127.0.0.1", false],
  );
  assert.deepEqual(
    [native?.method, native?.url, native?.host],
    ["POST", whoAmI, `127.0.0.1:${given.port}`],
  );
});

test("request.rpc and grpcBinding tell the tenant, and a template with its prefix", async (t) => {
  const rpcs: unknown[] = [];
  const given = await tenantApp(
    t,
    { prefix: "/api", tenant: () => ({ tenant: "red", prefix: "/acme" }) },
    {
      before: (app) =>
        app.addHook("preHandler", async ({ rpc, grpcBinding }: FastifyRequest) => {
          rpcs.push([rpc?.tenant, rpc?.template, grpcBinding?.template]);
        }),
    },
  );
  await setTwo(given);
  const template = "/api/acme/v1/whoami";
  assert.equal((await requestHttp1(plain, given.port, `${template}?`)).statusCode, 200);
  assert.deepEqual(rpcs, [["red", template, template]]);
  const wrong = await requestHttp1(plain, given.port, template, { method: "DELETE" });
  assert.deepEqual([wrong.statusCode, wrong.headers.allow], [405, "GET, HEAD"]);
});
