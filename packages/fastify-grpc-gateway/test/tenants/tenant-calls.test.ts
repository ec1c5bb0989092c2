import assert from "node:assert/strict";
import { test } from "node:test";
import type { Interceptor, TransportCall } from "grpc-transcoding";
import { FakeUpstream } from "../fake-upstream.ts";
import { guardProto, namedServer, shopProto, tenantApp, whoAmI } from "./tenant-app.ts";

test("deleting a tenant ends its calls with UNAVAILABLE, and nobody else's", async (t) => {
  const [own, red] = [new FakeUpstream(), new FakeUpstream()];
  const given = await tenantApp(t, { upstream: own });
  const gateway = given.app.grpcGateway();
  await gateway.tenants.set("red", { upstream: red });
  const { http1, native } = given.asks("/v1/whoami") as Record<string, typeof ask>;
  const ask = http1 as (headers: Record<string, string>) => Promise<string>;
  const kept = ask({});
  const ended = [ask({ "x-tenant": "red" }), native?.({ "x-tenant": "red" })];
  const keptCall = await own.next();
  await Promise.all([red.next(), red.next()]);
  assert.equal(gateway.gauges.calls, 3);
  await gateway.tenants.delete("red");
  assert.deepEqual(await Promise.all(ended), ["503", "UNAVAILABLE"]);
  keptCall.answer(Buffer.from([10, 1, 0x61]));
  keptCall.end();
  assert.equal(await kept, "a");
  assert.equal(gateway.gauges.calls, 0);
});

test("a call goes on where its tenant is set anew, and ends with the app", async (t) => {
  const red = new FakeUpstream();
  const given = await tenantApp(t, { closeGraceMs: 20 });
  const gateway = given.app.grpcGateway();
  await gateway.tenants.set("red", { upstream: red });
  const ask = given.asks("/v1/whoami").http1 as (h: Record<string, string>) => Promise<string>;
  const answers = [ask({ "x-tenant": "red" }), ask({ "x-tenant": "red" })];
  const first = await red.next();
  await red.next();
  await gateway.tenants.set("red", { upstream: await namedServer("new") });
  assert.equal(await ask({ "x-tenant": "red" }), "new");
  first.answer(Buffer.from([10, 1, 0x61]));
  first.end();
  assert.equal(await answers[0], "a");
  assert.equal(gateway.gauges.calls, 1);
  await Promise.all([given.app.close(), answers[1]]);
  assert.equal(await answers[1], "503");
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
    async (app) => {
      app.addHook("onRequest", async ({ rpc }) => {
        guards.push(`hook ${rpc?.protocol} ${rpc?.tenant}`);
      });
      await app.grpcGateway().tenants.set("red", { upstream: await namedServer("red") });
      const { gatewayRegistry } = await import("grpc-transcoding");
      gatewayRegistry(app.server).gateways[0]?.intercept?.(watch);
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
  const answer = given.asks("/").native?.({ "x-tenant": "red" });
  const call = await own.next();
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
  const hidden = given.asks("/", "/shop.v1.Shop/GetItem").native;
  // Opens the way of the tenant's native calls with the old schema.
  assert.equal(await hidden?.({ "x-tenant": "red" }), "UNIMPLEMENTED");
  const before = given.asks("/").native?.({ "x-tenant": "red" });
  const first = await red.next();
  first.answer();
  first.end();
  await before;
  await gateway.reload({ proto: shopProto });
  const answer = hidden?.({ "x-tenant": "red" });
  const call = await red.next();
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
  const given = await tenantApp(t, {
    rules: [{ selector: "guard.v1.Hidden.WhoAmI", get: "/v1/whoami" }],
    onConflict: "first",
  } as object).catch(() => undefined);
  const other = given ?? (await tenantApp(t));
  const { tenants } = other.app.grpcGateway();
  await tenants.set("red", { upstream: await namedServer("red") });
  assert.deepEqual(tenants.names, ["red"]);
});

test("the later of two changes to one tenant holds, whichever loads first", async (t) => {
  const given = await tenantApp(t);
  const { tenants } = given.app.grpcGateway();
  // Made before: nothing may be awaited between the two.
  const [first, second] = [await namedServer("early"), await namedServer("late")];
  const early = tenants.set("red", { source: { proto: guardProto }, upstream: first });
  const late = tenants.set("red", { upstream: second });
  await Promise.all([assert.rejects(early, { code: "FST_GRPC_OPTION" }), late]);
  const ask = given.asks("/v1/whoami").http1;
  assert.equal(await ask?.({ "x-tenant": "red" }), "late");
  const gone = tenants.set("blue", { source: { proto: guardProto } });
  await tenants.delete("blue");
  await assert.rejects(gone, { code: "FST_GRPC_OPTION" });
  assert.deepEqual(tenants.names, ["red"]);
});
