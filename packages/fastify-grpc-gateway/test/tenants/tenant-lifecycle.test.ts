import assert from "node:assert/strict";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { portSplit, type Upstream } from "fastify-grpc-gateway";
import { connectHttp2, grpcHeaders } from "../one-port/http-clients.ts";
import { plain } from "../one-port/server-shapes.ts";
import { bound, type GatedServer, gatedServer } from "./gated-server.ts";
import { guardProto, namedServer, tenantApp, whoAmI } from "./tenant-app.ts";
import { clientsOf } from "./tenant-clients.ts";

const upstreams: Record<string, (t: TestContext, { server }: GatedServer) => Promise<Upstream>> = {
  "a server of this process": async (_t, { server }) => server,
  "an upstream elsewhere": (t, { server }) => bound(t, server),
};

/** Resolves once a tenant has so many requests in flight. */
async function inFlight(given: Awaited<ReturnType<typeof tenantApp>>, count: number) {
  const { tenants } = given.app.grpcGateway();
  while (tenants.status("red")?.inFlight !== count) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const refusedBy = (status: string): boolean => status === "503" || status === "grpc 14";

for (const [kind, upstreamOf] of Object.entries(upstreams)) {
  for (const owner of ["tenant", "gateway"]) {
    test(`a stopped tenant refuses, and lets what is in flight end, then serves again: ${kind}, the ${owner}'s`, async (t) => {
      const gated = await gatedServer("gated");
      const upstream = await upstreamOf(t, gated);
      const given = await tenantApp(t, owner === "gateway" ? { upstream } : {});
      const { tenants } = given.app.grpcGateway();
      await tenants.set("red", owner === "tenant" ? { upstream } : {});
      const { revision } = tenants.status("red") ?? {};
      assert.deepEqual(tenants.status("red"), { state: "serving", inFlight: 0, revision });
      const clients = clientsOf(t, given.port);
      const answers = Object.values(clients).map((ask) => ask("red"));
      await gated.reached(3);
      assert.deepEqual(tenants.status("red"), { state: "serving", inFlight: 3, revision });
      let isStopped = false;
      const stopped = tenants.stop("red", { retryAfterS: 7, drainMs: 60_000 });
      void stopped.then(() => {
        isStopped = true;
      });
      for (const [protocol, ask] of Object.entries(clients)) {
        const { status, retry, body } = await ask("red");
        const isNative = protocol === "native";
        assert.equal(status, isNative ? "grpc 14" : "503", protocol);
        assert.equal(retry, isNative ? "7000" : "7", protocol);
        assert.match(body, /the service has been stopped/);
      }
      assert.equal(isStopped, false);
      assert.deepEqual(tenants.status("red"), { state: "draining", inFlight: 3, revision });
      gated.open();
      for (const answer of answers) assert.equal((await answer).user, "gated");
      assert.equal(await stopped, true);
      assert.deepEqual(tenants.status("red"), { state: "stopped", inFlight: 0, revision });
      assert.deepEqual(tenants.names, ["red"]);
      assert.equal(tenants.start("red"), true);
      assert.deepEqual(tenants.status("red"), { state: "serving", inFlight: 0, revision });
      for (const ask of Object.values(clients)) assert.equal((await ask("red")).user, "gated");
    });

    test(`what of a stopped tenant has not ended when its time is over is ended: ${kind}, the ${owner}'s`, async (t) => {
      const gated = await gatedServer("gated");
      const upstream = await upstreamOf(t, gated);
      const given = await tenantApp(t, owner === "gateway" ? { upstream } : {});
      const gateway = given.app.grpcGateway();
      await gateway.tenants.set("red", owner === "tenant" ? { upstream } : {});
      await gateway.tenants.set("blue", { upstream: await namedServer("blue") });
      const clients = clientsOf(t, given.port);
      const answers = Object.values(clients).map((ask) => ask("red"));
      await gated.reached(3);
      await gateway.tenants.stop("red", { drainMs: 20 });
      const told = await Promise.all(answers);
      assert.deepEqual(told.map(({ status }) => status).sort(), ["503", "503", "grpc 14"]);
      await inFlight(given, 0);
      assert.equal(gateway.gauges.calls, 0);
      for (const ask of Object.values(clients)) assert.equal((await ask("blue")).user, "blue");
    });
  }
}

test("a deleted tenant lets what is in flight end, while new requests are those of a tenant that was never set", async (t) => {
  const gated = await gatedServer("gated");
  const given = await tenantApp(t);
  const { tenants } = given.app.grpcGateway();
  await tenants.set("red", { upstream: gated.server });
  const clients = clientsOf(t, given.port);
  const answers = Object.values(clients).map((ask) => ask("red"));
  await gated.reached(3);
  const deleted = tenants.delete("red");
  assert.equal(tenants.status("red"), undefined);
  for (const ask of Object.values(clients)) assert.equal((await ask("red")).user, "own");
  gated.open();
  for (const answer of answers) assert.equal((await answer).user, "gated");
  assert.equal(await deleted, true);
  assert.equal(given.app.grpcGateway().gauges.calls, 0);
});

test("nobody can stop, start or delete a tenant that is not set", async (t) => {
  const { app } = await tenantApp(t);
  const { tenants } = app.grpcGateway();
  assert.equal(await tenants.stop("red"), false);
  assert.equal(tenants.start("red"), false);
  assert.equal(await tenants.delete("red"), false);
  assert.equal(tenants.status("red"), undefined);
  for (const options of [{ drainMs: -1 }, { drainMs: "1" }, { drain: 1 }, { retryAfterS: 0.5 }]) {
    await assert.rejects(tenants.stop("red", options as object), { code: "FST_GRPC_OPTION" });
  }
});

/** A hook that holds every request until the test opens it. */
function gate() {
  let open = (): void => {};
  let held = 0;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    open,
    get held() {
      return held;
    },
    hook: async ({ headers }: { readonly headers: object }) => {
      if (!("x-hold" in headers)) return;
      held += 1;
      await opened;
    },
  };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}

test("a request that is held by a hook ends on the generation that it was matched on, whatever is set meanwhile", async (t) => {
  const hold = gate();
  const given = await tenantApp(t, {}, { before: (app) => app.addHook("onRequest", hold.hook) });
  const { tenants } = given.app.grpcGateway();
  const answeredBy = async (name: string) => ({
    upstream: await namedServer(name),
    source: { proto: guardProto },
  });
  await tenants.set("red", await answeredBy("old"));
  const clients = clientsOf(t, given.port);
  const held = Object.values(clients).map((ask) => ask("red", { "x-hold": "1" }));
  await until(() => hold.held === 3);
  assert.equal(tenants.status("red")?.inFlight, 3);
  await tenants.set("red", await answeredBy("new"));
  for (const ask of Object.values(clients)) assert.equal((await ask("red")).user, "new");
  const stopped = tenants.stop("red", { drainMs: 60_000 });
  assert.equal(tenants.status("red")?.state, "draining");
  hold.open();
  for (const answer of held) assert.equal((await answer).user, "old");
  await stopped;
});

for (const owner of ["tenant", "gateway"]) {
  test(`a held request whose tenant is stopped for good is told that it is unavailable, the upstream the ${owner}'s`, async (t) => {
    const hold = gate();
    const given = await tenantApp(t, {}, { before: (app) => app.addHook("onRequest", hold.hook) });
    const { tenants } = given.app.grpcGateway();
    await tenants.set("red", owner === "tenant" ? { upstream: await namedServer("red") } : {});
    const held = Object.values(clientsOf(t, given.port)).map((ask) =>
      ask("red", { "x-hold": "1" }),
    );
    await until(() => hold.held === 3);
    await tenants.stop("red", { drainMs: 0 });
    hold.open();
    for (const answer of held) assert.ok(refusedBy((await answer).status));
    assert.equal(tenants.status("red")?.inFlight, 0);
  });
}

test("the server of a tenant's native calls is let go with its generation, and no sooner", async (t) => {
  const given = await tenantApp(t);
  const { tenants } = given.app.grpcGateway();
  const { sinks } = portSplit(given.app);
  const { backends } = sinks as unknown as { readonly backends: ReadonlyMap<unknown, unknown> };
  const before = backends.size;
  const gated = await gatedServer("gated");
  await tenants.set("red", { upstream: gated.server });
  const { native } = clientsOf(t, given.port);
  const answer = native("red");
  await gated.reached(1);
  await tenants.set("red", { upstream: await namedServer("new") });
  await native("red");
  assert.equal(backends.size, before + 2);
  gated.open();
  assert.equal((await answer).user, "gated");
  await until(() => backends.size === before + 1);
  await tenants.delete("red");
  await until(() => backends.size === before);
});

test("a request that a hook or a policy refuses is no longer in flight", async (t) => {
  const given = await tenantApp(
    t,
    {
      policies: [
        ({ headers }) => {
          if (headers["x-refuse"] === "policy") throw new Error("no");
        },
      ],
    },
    {
      before: (app) =>
        app.addHook("onRequest", async ({ headers }, reply) => {
          if (headers["x-refuse"] === "hook") throw new Error("no");
          if (headers["x-refuse"] === "reply") return reply.code(401).send("no");
        }),
    },
  );
  await given.app.grpcGateway().tenants.set("red", { upstream: await namedServer("red") });
  for (const by of ["hook", "reply", "policy"]) {
    for (const ask of Object.values(clientsOf(t, given.port))) {
      assert.equal((await ask("red", { "x-refuse": by })).user, undefined, by);
      await inFlight(given, 0);
    }
  }
  const { statusCode } = await given.app.inject({
    url: "/v1/whoami",
    headers: { "x-tenant": "red" },
  });
  assert.equal(statusCode, 200);
  await inFlight(given, 0);
});

test("a request whose client has gone is no longer in flight, by any protocol, pipelined ones included", async (t) => {
  const gated = await gatedServer("gated");
  const given = await tenantApp(t);
  const { tenants } = given.app.grpcGateway();
  await tenants.set("red", { upstream: gated.server });
  const socket = connect(given.port, "127.0.0.1");
  const request = "GET /v1/whoami HTTP/1.1\r\nhost: a\r\nx-tenant: red\r\n\r\n";
  socket.write(request.repeat(3));
  const session = connectHttp2(t, plain, given.port);
  const http2 = session.request({ ":path": "/v1/whoami", "x-tenant": "red" });
  const native = session.request({ ...grpcHeaders(whoAmI), "x-tenant": "red" });
  native.end(Buffer.alloc(5));
  for (const stream of [http2, native]) stream.on("error", () => {});
  await inFlight(given, 5);
  socket.destroy();
  await inFlight(given, 2);
  http2.close(8);
  await inFlight(given, 1);
  native.close(8);
  await inFlight(given, 0);
  await tenants.stop("red", { drainMs: 60_000 });
  assert.equal(given.app.grpcGateway().gauges.calls, 0);
});

test("a tenant that is stopped stays so when it is set anew, and starts as it was set last", async (t) => {
  const given = await tenantApp(t);
  const { tenants } = given.app.grpcGateway();
  await tenants.set("red", { upstream: await namedServer("old") });
  await tenants.stop("red");
  await tenants.set("red", { upstream: await namedServer("new"), source: { proto: guardProto } });
  const clients = clientsOf(t, given.port);
  for (const ask of Object.values(clients)) assert.ok(refusedBy((await ask("red")).status));
  tenants.start("red");
  for (const ask of Object.values(clients)) assert.equal((await ask("red")).user, "new");
});

test("a stopped tenant has no other paths and services than it had before, and preflights are not its own", async (t) => {
  const given = await tenantApp(t, {}, { after: (app) => void app.options("/v1/*", () => "cors") });
  const { tenants } = given.app.grpcGateway();
  await tenants.set("red", { source: { proto: guardProto }, services: ["guard.v1.Guarded"] });
  await tenants.stop("red");
  const headers = { "x-tenant": "red" };
  assert.equal((await given.app.inject({ url: "/v1/nothing", headers })).statusCode, 404);
  const preflight = await given.app.inject({ method: "OPTIONS", url: "/v1/whoami", headers });
  assert.equal(preflight.body, "cors");
  const post = await given.app.inject({ method: "POST", url: "/v1/whoami", headers });
  assert.equal(post.statusCode, 503);
  const { native } = given.asks("/v1/whoami", "/guard.v1.Hidden/WhoAmI");
  assert.equal(await native?.(headers), "UNIMPLEMENTED");
});

for (const notFound of ["app", "table"] as const) {
  test(`a request of nobody that may be served looks as one without a route does, notFound: "${notFound}"`, async (t) => {
    const given = await tenantApp(t, {
      notFound,
      tenant: ({ headers }) => (headers["x-tenant"] === "red" ? "red" : false),
    });
    await given.app.grpcGateway().tenants.set("red", { upstream: await namedServer("red") });
    const clients = clientsOf(t, given.port);
    const nothing = clientsOf(t, given.port, "/v1/nothing");
    for (const protocol of ["http1", "http2"] as const) {
      const unknown = await nothing[protocol]("red");
      const nobody = await clients[protocol]("of no entry");
      assert.deepEqual([nobody.status, unknown.status], ["404", "404"]);
      assert.equal(nobody.body, unknown.body.replaceAll("/v1/nothing", "/v1/whoami"));
      assert.equal((await clients[protocol]("red")).user, "red");
    }
    const { status, body } = await clients.native("of no entry");
    assert.deepEqual(
      [status, body],
      ["grpc 12", `The server does not implement the method ${whoAmI}`],
    );
    assert.equal((await clients.native("red")).user, "red");
  });
}

test("the app closes at once where a tenant is drained, and its stop resolves", async (t) => {
  const gated = await gatedServer("gated");
  const given = await tenantApp(t, { closeGraceMs: 20 });
  const { tenants } = given.app.grpcGateway();
  await tenants.set("red", { upstream: gated.server });
  const { http1 } = clientsOf(t, given.port);
  const answer = http1("red");
  await gated.reached(1);
  const stopped = tenants.stop("red", { drainMs: Number.POSITIVE_INFINITY });
  await given.app.close();
  assert.equal((await answer).status, "503");
  assert.equal(await stopped, true);
});
