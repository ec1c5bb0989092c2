import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import Fastify from "fastify";
import { Code } from "grpc-transcoding";
import { callUnary, startCall } from "grpc-transcoding/testing";
import { connectHttp2, requestHttp1, requestHttp2 } from "./http-clients.ts";
import { cleartextHttp2, plain, secure, serverShapes } from "./server-shapes.ts";
import { startApp, transportTo } from "./split-app.ts";

for (const shape of serverShapes) {
  test(`${shape.name}: closing does not wait for idle connections`, async (t) => {
    const { app, port } = await startApp(t, shape);
    const transport = transportTo(t, shape, port);
    assert.equal((await callUnary(transport, "x")).status.code, Code.OK);
    const session = connectHttp2(t, shape, port);
    await requestHttp2(session, { ":path": "/version" });
    const undecided = net.connect(port, "127.0.0.1").on("error", () => {});
    t.after(() => undecided.destroy());
    await once(undecided, "connect");
    if (shape.secure) undecided.destroy();
    const began = performance.now();
    await app.close();
    assert.ok(performance.now() - began < 1_000, "closed without the grace period");
  });
}

for (const shape of [plain, cleartextHttp2, secure]) {
  test(`${shape.name}: a call that runs goes on while the app closes, a later one is UNAVAILABLE`, async (t) => {
    const { app, port, log } = await startApp(t, shape);
    const transport = transportTo(t, shape, port);
    const stream = startCall(transport, "Bidi");
    stream.handle.send(Buffer.from("a"));
    await stream.received(1);
    const closed = app.close();
    await delay(30);
    stream.handle.send(Buffer.from("b"));
    await stream.received(2);
    const late = await callUnary(transportTo(t, shape, port), "late");
    assert.equal(late.status.code, Code.UNAVAILABLE);
    stream.handle.halfClose();
    await stream.ended;
    assert.equal(stream.status.code, Code.OK);
    await closed;
    assert.deepEqual(log.events.includes("called"), false);
  });

  test(`${shape.name}: after the grace period open calls end with UNAVAILABLE`, async (t) => {
    const { app, port, log } = await startApp(t, shape, { split: { closeGraceMs: 50 } });
    const transport = transportTo(t, shape, port);
    const unary = startCall(transport, "Unary");
    unary.handle.send(Buffer.from("hang"));
    unary.handle.halfClose();
    const bidi = startCall(transport, "Bidi");
    bidi.handle.send(Buffer.from("a"));
    const flood = startCall(transport, "ServerStream", { reading: false });
    flood.handle.send(Buffer.from("large 100000"));
    flood.handle.halfClose();
    await bidi.received(1);
    await log.seen("called");
    await log.seen("written");
    await app.close();
    await Promise.all([unary.ended, bidi.ended, flood.ended]);
    assert.deepEqual(
      [unary.status, bidi.status].map(({ code, message }) => ({ code, message })),
      Array(2).fill({ code: Code.UNAVAILABLE, message: "the server is shutting down" }),
    );
    assert.notEqual(flood.status.code, Code.OK);
  });
}

test("a handler that writes on after the grace does not spoil the status of its call", async (t) => {
  const { app, port, log } = await startApp(t, plain, { split: { closeGraceMs: 50 } });
  const flood = startCall(transportTo(t, plain, port), "ServerStream", { reading: false });
  flood.handle.send(Buffer.from("large 100000"));
  flood.handle.halfClose();
  await log.seen("written");
  const closed = app.close();
  await delay(80);
  // Each message that is read lets the handler write another.
  for (let i = 0; i < 1_000; i++) flood.handle.read();
  await Promise.all([flood.ended, closed]);
  assert.deepEqual(
    [flood.status.code, flood.status.message],
    [Code.UNAVAILABLE, "the server is shutting down"],
  );
});

test("forceCloseConnections ends open calls at once", async (t) => {
  const apps = [
    () => Fastify({ forceCloseConnections: true }),
    () => Fastify({ forceCloseConnections: true, http2: true }) as never,
  ];
  for (const create of apps) {
    const { app, port } = await startApp(t, { ...plain, create });
    const call = startCall(transportTo(t, plain, port), "Bidi");
    call.handle.send(Buffer.from("a"));
    await call.received(1);
    const began = performance.now();
    await app.close();
    assert.ok(performance.now() - began < 2_000);
    await call.ended;
    assert.equal(call.status.code, Code.UNAVAILABLE);
  }
});

test("requests over HTTP/1.1 on a server of HTTP/2 end with the app", async (t) => {
  const { app, port } = await startApp(t, cleartextHttp2, {
    split: { closeGraceMs: 100 },
    routes: (instance) => {
      instance.get("/slow", async () => {
        await delay(50);
        return "done";
      });
      instance.get("/never", () => new Promise(() => {}));
    },
  });
  const agent = new http.Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  await requestHttp1(cleartextHttp2, port, "/version", { agent });
  const slow = requestHttp1(cleartextHttp2, port, "/slow", { agent });
  const never = assert.rejects(requestHttp1(cleartextHttp2, port, "/never", { agent }));
  await delay(20);
  const closed = app.close();
  assert.equal(String((await slow).body), "done");
  await never;
  await closed;
});

test("closing an app that never listened is done at once", async () => {
  const { attachGrpcServer } = await import("../../src/native/attach-grpc-server.ts");
  const { probeServer } = await import("grpc-transcoding/testing");
  for (const shape of serverShapes) {
    const app = shape.create();
    attachGrpcServer(app, { name: "probe", server: probeServer().server });
    await app.ready();
    await app.close();
  }
});

test("the server lives on after its app, for another one", async (t) => {
  const first = await startApp(t, plain);
  await callUnary(transportTo(t, plain, first.port), "x");
  await first.app.close();
  const second = await startApp(t, plain, { server: first.server });
  const call = await callUnary(transportTo(t, plain, second.port), "again");
  assert.deepEqual(call.messages, ["again"]);
});
