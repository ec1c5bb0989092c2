import assert from "node:assert/strict";
import { test } from "node:test";
import Fastify from "fastify";
import grpcTenants, * as all from "fastify-grpc-tenants";
import { memorySource } from "./memory-source.ts";

const source = memorySource("tenants: []");

const wrong: readonly [options: object, problem: RegExp][] = [
  [{}, /option source is undefined: give file: "tenants.yaml", or a source/],
  [{ file: "a", source }, /option file is "a": give this or source/],
  [{ file: 1 }, /option file is 1: give a text/],
  [{ source: { load() {} } }, /option source is \{\}/],
  [
    { source, header: "X-Tenant-Id" },
    /option header is "X-Tenant-Id": give the name of a header in lower case/,
  ],
  [{ source, header: "" }, /option header is ""/],
  [{ source, policies: [() => {}] }, /option policies is .*: give an object: a policy by its name/],
  [{ source, policies: { a: 1 } }, /option policies.a is 1: give a policy/],
  [{ source, upstreams: { a: 1 } }, /option upstreams.a is 1: give an upstream/],
  [{ source, upstreams: { a: "" } }, /option upstreams.a is ""/],
  [{ source, allowTargets: "a:1" }, /option allowTargets is "a:1": give a list/],
  [{ source, allowTargets: [""] }, /option allowTargets\[0\] is ""/],
  [{ source, gateway: [] }, /option gateway is \[\]/],
  [{ source, gateway: { tenant: () => "a" } }, /option gateway.tenant is a function: leave it out/],
  [{ source, gateway: { proot: "a" } }, /proot/],
  [{ source, store: {} }, /option store is \{\}: give createRedisStore/],
  [{ source, onStoreError: "deny" }, /option onStoreError is "deny": use "allow" or "refuse"/],
  [{ source, rateLimitHeaders: 1 }, /option rateLimitHeaders is 1/],
  [{ source, cors: "yes" }, /option cors is "yes": give true or false/],
  [{ source, documents: "openapi" }, /option documents is "openapi": give a path/],
  [{ source, ui: "/docs/" }, /option ui is "\/docs\/"/],
  [{ source, drainMs: -1 }, /option drainMs is -1/],
  [{ source, pollMs: 0 }, /option pollMs is 0/],
  [{ source, lastGood: 1 }, /option lastGood is 1/],
  [{ source, root: 1 }, /option root is 1/],
  [
    { source, polices: {} },
    /option polices does not exist \(its value: \{\}\): use one of file, source/,
  ],
];

for (const [options, problem] of wrong) {
  test(`the options ${JSON.stringify(options)} are refused`, async () => {
    const app = Fastify();
    await assert.rejects(async () => await app.register(grpcTenants, options as never), problem);
    await app.close().catch(() => {});
  });
}

test("a document without tenants is served as an app without routes", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  await app.register(grpcTenants, { source });
  assert.equal((await app.inject("/v1/who")).statusCode, 404);
  assert.deepEqual(app.grpcTenants.list(), []);
});

test("CommonJS gets the plugin with all else on it", () => {
  const { "module.exports": required, default: plugin, fastifyGrpcTenants: _named, ...named } = all;
  assert.equal(required, plugin);
  assert.equal(required.default, plugin);
  assert.deepEqual(
    Object.keys(named).filter((name) => !(name in required)),
    [],
  );
});
