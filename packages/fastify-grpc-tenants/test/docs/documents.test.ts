import assert from "node:assert/strict";
import { test } from "node:test";
import Fastify from "fastify";
import grpcOpenapi from "fastify-grpc-openapi";
import grpcTenants from "fastify-grpc-tenants";
import { sendHttp1 } from "../clients.ts";
import { shopProto } from "../shop.ts";
import { type TenantsApp, tenantsApp, twoShops, twoTenants } from "../tenants-app.ts";
import { until } from "../until.ts";

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, object>>;
}

async function documented(
  t: Parameters<typeof tenantsApp>[0],
  document = twoTenants(),
  options = {},
): Promise<TenantsApp> {
  const { upstreams } = await twoShops(t, "in-process");
  return await tenantsApp(t, {
    document,
    options: { upstreams, ...options },
    before: (app) => app.register(grpcOpenapi),
  });
}

const get = ({ port }: TenantsApp, path: string, headers = {}) =>
  sendHttp1(port, { headers }, path);

test("each tenant has a document of its own, as its clients see it", async (t) => {
  const made = await documented(t);
  made.files.write("risk/shop.proto", shopProto("/v1/risk"));
  await until(
    async () => (await get(made, "/openapi/risk.json")).body.includes("/v1/risk"),
    () => "no change",
  );
  const pathsOf = async (tenant: string) => {
    const { headers, body } = await get(made, `/openapi/${tenant}.json`);
    assert.match(String(headers["content-type"]), /^application\/json/);
    return Object.keys((JSON.parse(body) as Document).paths);
  };
  assert.deepEqual(await pathsOf("pay"), ["/pay/v1/who", "/pay/v1/who/wait", "/pay/v1/who/watch"]);
  assert.deepEqual(await pathsOf("risk"), [
    "/risk/v1/risk",
    "/risk/v1/risk/wait",
    "/risk/v1/risk/watch",
  ]);
  assert.match((await get(made, "/openapi/pay.yaml")).body, /^openapi: /);
});

test("a document has an entity tag, which changes with the tenant's API and nothing else", async (t) => {
  const made = await documented(t);
  const first = await get(made, "/openapi/pay.json");
  const etag = String(first.headers.etag);
  assert.match(etag, /^"[^"]+"$/);
  assert.equal((await get(made, "/openapi/pay.json", { "if-none-match": etag })).status, 304);
  made.files.write("risk/shop.proto", shopProto("/v1/risk"));
  await until(
    async () => (await get(made, "/openapi/risk.json")).body.includes("/v1/risk"),
    () => "no change",
  );
  assert.equal((await get(made, "/openapi/pay.json")).headers.etag, etag);
  made.files.write("pay/shop.proto", shopProto("/v1/pay"));
  await until(
    async () => (await get(made, "/openapi/pay.json")).headers.etag !== etag,
    () => "no change",
  );
  assert.equal((await get(made, "/openapi/pay.json", { "if-none-match": etag })).status, 200);
});

test("a tenant without docs, and one that is not there, have no document", async (t) => {
  const made = await documented(t, twoTenants("    docs: false"));
  for (const path of [
    "/openapi/pay.json",
    "/openapi/pay.yaml",
    "/docs/pay",
    "/openapi/nobody.json",
    "/openapi/__proto__.json",
    "/docs/nobody",
  ]) {
    const { status, body } = await get(made, path);
    assert.equal(status, 404, path);
    assert.match(body, /Route GET:.* not found/);
  }
  assert.equal((await get(made, "/openapi/risk.json")).status, 200);
});

test("Swagger UI is told of all documents as they are", async (t) => {
  const made = await documented(t, twoTenants("    docs: false"));
  const urls = async () => JSON.parse((await get(made, "/openapi/_ui.json")).body);
  assert.deepEqual(await urls(), { urls: [{ url: "/openapi/risk.json", name: "risk" }] });
  assert.deepEqual(made.app.grpcTenants.urls(), [{ url: "/openapi/risk.json", name: "risk" }]);
  const { status, headers } = await get(made, "/docs/risk");
  assert.deepEqual([status, headers.location], [302, "./?urls.primaryName=risk"]);
  made.write(twoTenants());
  await until(
    async () => (await urls()).urls.length === 2,
    () => "no change",
  );
});

test("the documents of gateways stay where they are", async (t) => {
  const { upstreams, pay } = await twoShops(t, "in-process");
  const { files } = await tenantsApp(t, { document: twoTenants(), options: { upstreams } });
  const made = await tenantsApp(t, {
    document: twoTenants(),
    options: { upstreams, gateway: { proto: files.path("pay"), upstream: pay.server } },
    before: (app) => app.register(grpcOpenapi),
  });
  const { paths } = JSON.parse((await get(made, "/openapi/default.json")).body) as Document;
  assert.deepEqual(Object.keys(paths), ["/v1/who", "/v1/who/wait", "/v1/who/watch"]);
  const all = JSON.parse((await get(made, "/openapi.json")).body) as Document;
  assert.deepEqual(Object.keys(all.paths), Object.keys(paths), "no tenant's");
});

test("documents may be elsewhere, or nowhere", async (t) => {
  const elsewhere = await documented(t, twoTenants(), { documents: "/apis", ui: "/browse" });
  assert.equal((await get(elsewhere, "/apis/pay.json")).status, 200);
  assert.equal((await get(elsewhere, "/browse/pay")).status, 302);
  assert.equal((await get(elsewhere, "/openapi/pay.json")).status, 404);
  const nowhere = await documented(t, twoTenants(), { documents: false });
  assert.equal((await get(nowhere, "/openapi/pay.json")).status, 404);
  assert.deepEqual(nowhere.app.grpcTenants.urls(), []);
  const { upstreams } = await twoShops(t, "in-process");
  const without = await tenantsApp(t, { document: twoTenants(), options: { upstreams } });
  assert.equal((await get(without, "/openapi/pay.json")).status, 404);
});

test("in a scope with a prefix, the tenants and their documents stand below it", async (t) => {
  const { upstreams } = await twoShops(t, "in-process");
  const { files } = await tenantsApp(t, { document: twoTenants(), options: { upstreams } });
  const app = Fastify();
  t.after(() => app.close());
  await app.register(
    async (scope) => {
      await scope.register(grpcOpenapi);
      await scope.register(grpcTenants, { file: files.path("tenants.yaml"), upstreams });
      scope.get("/urls", async () => scope.grpcTenants.urls());
    },
    { prefix: "/shops" },
  );
  const get = async (url: string) => await app.inject(url);
  assert.equal((await get("/shops/pay/v1/who")).json().name, "pay");
  const urls = (await get("/shops/urls")).json() as { url: string }[];
  assert.deepEqual(
    urls.map(({ url }) => url),
    ["/shops/openapi/pay.json", "/shops/openapi/risk.json"],
  );
  for (const { url } of urls) assert.equal((await get(url)).statusCode, 200, url);
  assert.equal((await get("/shops/openapi/_ui.json")).json().urls.length, 2);
  assert.ok("/shops/pay/v1/who" in (await get("/shops/openapi/pay.json")).json().paths);
});
