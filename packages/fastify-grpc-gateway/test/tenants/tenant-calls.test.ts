import assert from "node:assert/strict";
import { test } from "node:test";
import { gatewayRegistry, type Interceptor, type TransportCall } from "grpc-transcoding";
import { type FakeCall, FakeUpstream } from "../fake-upstream.ts";
import type { Ask } from "../guard/guarded-app.ts";
import { shopProto } from "../shop.ts";
import { guardProto, namedServer, type TenantApp, tenantApp, whoAmI } from "./tenant-app.ts";

function clients(given: TenantApp, nativePath?: string): { http1: Ask; native: Ask } {
  const { http1, native } = given.asks("/v1/whoami", nativePath);
  return { http1: http1 as Ask, native: native as Ask };
}

const asRed = { "x-tenant": "red" };

/** The calls of an upstream, once there are so many. */
async function reached(upstream: FakeUpstream, count: number): Promise<readonly FakeCall[]> {
  while (upstream.calls.length < count) await new Promise((resolve) => setImmediate(resolve));
  return upstream.calls;
}

test("deleting a tenant ends its calls with UNAVAILABLE, and nobody else's", async (t) => {
  const [own, red] = [new FakeUpstream(), new FakeUpstream()];
  const given = await tenantApp(t, { upstream: own });
  const gateway = given.app.grpcGateway();
  await gateway.tenants.set("red", { upstream: red });
  const { http1, native } = clients(given);
  const kept = http1({});
  const ended = [http1(asRed), native(asRed)];
  const [keptCall] = await reached(own, 1);
  await reached(red, 2);
  assert.equal(gateway.gauges.calls, 3);
  await gateway.tenants.delete("red", { drainMs: 0 });
  assert.deepEqual(await Promise.all(ended), ["503", "UNAVAILABLE"]);
  keptCall?.answer(Buffer.from([10, 1, 0x61]));
  keptCall?.end();
  assert.equal(await kept, "a");
  assert.equal(gateway.gauges.calls, 0);
});

test("a call goes on where its tenant is set anew, and ends with the app", async (t) => {
  const red = new FakeUpstream();
  const given = await tenantApp(t, { closeGraceMs: 20 });
  const gateway = given.app.grpcGateway();
  await gateway.tenants.set("red", { upstream: red });
  const { http1: ask } = clients(given);
  const answers = [ask(asRed), ask(asRed)] as const;
  const [first] = await reached(red, 2);
  await gateway.tenants.set("red", { upstream: await namedServer("new") });
  assert.equal(await ask({ "x-tenant": "red" }), "new");
  first?.answer(Buffer.from([10, 1, 0x61]));
  first?.end();
  assert.deepEqual([await Promise.race(answers), gateway.gauges.calls], ["a", 1]);
  await given.app.close();
  assert.deepEqual((await Promise.all(answers)).sort(), ["503", "a"]);
  await assert.rejects(gateway.tenants.set("blue", { upstream: red }), { code: "FST_GRPC_OPTION" });
});

test("calls of a tenant pass the gateway's interceptors, also later ones, and its policies and hooks", async (t) => {
  const calls: TransportCall[] = [];
  const watch: Interceptor = (next) => ({
    ...next,
    start(call, receiver) {
      calls.push(call);
      return next.start(call, receiver);
    },
  });
  const guards: unknown[] = [];
  const given = await tenantApp(
    t,
    { policies: [({ tenant, protocol }) => void guards.push(`policy ${protocol} ${tenant}`)] },
    {
      before: (app) =>
        app.addHook("onRequest", async ({ rpc }) => {
          guards.push(`hook ${rpc?.protocol} ${rpc?.tenant}`);
        }),
      async after(app) {
        await app.grpcGateway().tenants.set("red", { upstream: await namedServer("red") });
        gatewayRegistry(app.server).gateways[0]?.intercept?.(watch);
      },
    },
  );
  await given.app.grpcGateway().tenants.set("blue", { upstream: await namedServer("blue") });
  for (const tenant of ["red", "blue", "other"]) {
    for (const [protocol, ask] of Object.entries(given.asks("/v1/whoami"))) {
      calls.length = 0;
      guards.length = 0;
      assert.equal(await ask({ "x-tenant": tenant }), tenant === "other" ? "own" : tenant);
      assert.deepEqual(
        calls.map((call) => [call.tenant, call.method.path]),
        [[tenant, whoAmI]],
      );
      const kind = protocol === "native" ? "grpc" : "http";
      assert.deepEqual(guards, [`hook ${kind} ${tenant}`, `policy ${kind} ${tenant}`]);
    }
  }
});

test("native calls that nothing guards take their tenant along", async (t) => {
  const own = new FakeUpstream();
  const given = await tenantApp(t, { upstream: own });
  const started = own.next();
  const answer = clients(given).native(asRed);
  const call = await started;
  assert.equal(call.call.tenant, "red");
  call.answer();
  call.end();
  assert.equal(await answer, "");
});

test("a tenant without an API of its own follows the gateway's reloads", async (t) => {
  const given = await tenantApp(t, { upstream: new FakeUpstream() });
  const red = new FakeUpstream();
  const gateway = given.app.grpcGateway();
  await gateway.tenants.set("red", { upstream: red });
  const { native } = clients(given, "/shop.v1.Shop/GetItem");
  // Opens the way of the tenant's native calls with the old schema.
  const started = red.next();
  const before = clients(given).native(asRed);
  const first = await started;
  first.answer();
  first.end();
  assert.equal(await before, "");
  assert.equal(await native(asRed), "UNIMPLEMENTED");
  await gateway.reload({ proto: shopProto });
  const startedShop = red.next();
  const answer = native(asRed);
  const call = await startedShop;
  assert.equal(call.call.method.path, "/shop.v1.Shop/GetItem");
  call.answer();
  call.end();
  assert.equal(await answer, "");
});

const refused: [string, string, object, string, RegExp][] = [
  ["an empty name", "", {}, "FST_GRPC_OPTION", /"tenant" must be a name/],
  ["an unknown option", "a", { proto: guardProto }, "FST_GRPC_OPTION", /"tenant.proto"/],
  ["an upstream of another type", "a", { upstream: 7 }, "FST_GRPC_OPTION", /"tenant.upstream"/],
  [
    "two schemas",
    "a",
    { schema: {}, source: { proto: guardProto } },
    "FST_GRPC_OPTION",
    /name two schemas/,
  ],
  ["services of no schema", "a", { services: ["a.*"] }, "FST_GRPC_OPTION", /give schema or source/],
  ["a proto that is not there", "a", { source: { proto: "/no" } }, "FST_GRPC_SCHEMA", /\/no/],
];

for (const [kind, name, options, code, message] of refused) {
  test(`a tenant with ${kind} is refused, and changes nothing`, async (t) => {
    const given = await tenantApp(t);
    const { tenants } = given.app.grpcGateway();
    await assert.rejects(tenants.set(name, options), { code, message });
    assert.deepEqual(tenants.names, []);
  });
}

test("two bindings of one tenant that claim the same requests are refused", async (t) => {
  const rules = [{ selector: "guard.v1.Hidden.WhoAmI", get: "/v1/whoami" }];
  const given = await tenantApp(t, { rules, services: ["guard.v1.Guarded"] });
  const { tenants } = given.app.grpcGateway();
  const source = { proto: guardProto };
  await assert.rejects(tenants.set("red", { source }), {
    code: "FST_GRPC_CONFLICT",
    message: /GET "\/v1\/whoami"/,
  });
  await tenants.set("red", { source, services: ["guard.v1.Hidden"] });
  assert.equal(await clients(given).http1(asRed), "own");
});

test("a binding of a method that the gateway does not route is refused", async (t) => {
  const rules = [{ selector: "guard.v1.Hidden.WhoAmI", custom: { kind: "PURGE", path: "/v1/x" } }];
  const given = await tenantApp(t, { rules, services: ["guard.v1.Guarded"] });
  const set = given.app.grpcGateway().tenants.set("red", { source: { proto: guardProto } });
  await assert.rejects(set, { code: "FST_GRPC_METHOD" });
  assert.deepEqual(given.app.grpcGateway().tenants.names, []);
});

test("the later of two changes to one tenant holds, whichever loads first", async (t) => {
  const given = await tenantApp(t);
  const { tenants } = given.app.grpcGateway();
  const [first, second] = [await namedServer("early"), await namedServer("late")];
  const early = tenants.set("red", { source: { proto: guardProto }, upstream: first });
  const late = tenants.set("red", { upstream: second });
  await Promise.all([assert.rejects(early, { code: "FST_GRPC_OPTION" }), late]);
  assert.equal(await clients(given).http1(asRed), "late");
  const gone = tenants.set("blue", { source: { proto: guardProto } });
  await tenants.delete("blue");
  await assert.rejects(gone, { code: "FST_GRPC_OPTION" });
  assert.deepEqual(tenants.names, ["red"]);
});
