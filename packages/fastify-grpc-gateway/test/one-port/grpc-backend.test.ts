import assert from "node:assert/strict";
import type { ServerHttp2Session } from "node:http2";
import { test } from "node:test";
import { Server } from "@grpc/grpc-js";
import { Code } from "grpc-transcoding";
import { callUnary, probeServer, startCall } from "grpc-transcoding/testing";
import { serverInternals } from "../../src/grpc-js/internals.ts";
import { attachGrpcServer } from "../../src/native/attach-grpc-server.ts";
import { plain } from "./server-shapes.ts";
import { startApp, transportTo } from "./split-app.ts";

const bytes = (buffer: Buffer): Buffer => buffer;

test("a server that is detached lets go of the connections once its calls have ended", async (t) => {
  const sessions: ServerHttp2Session[] = [];
  const { app, port } = await startApp(t, plain);
  const { server } = probeServer();
  const other = new Server({ "grpc.max_connection_age_ms": 60_000 });
  // Under a path of its own, so that the probe beside it stays.
  const { handlers } = serverInternals(server);
  const bidi = handlers.get("/probe.Probe/Bidi");
  other.register("/other.Other/Bidi", bidi?.func as never, bytes, bytes, "bidi");
  const detach = attachGrpcServer(app, { name: "other", server: other });
  const transport = transportTo(t, plain, port);
  await callUnary(transport, "x");
  const [events] = serverInternals(other).http2Servers.keys();
  events?.on("session", (session: ServerHttp2Session) => sessions.push(session));

  const call = startCall(
    {
      start: (one, receiver) =>
        transport.start({ ...one, method: { ...one.method, path: "/other.Other/Bidi" } }, receiver),
    },
    "Bidi",
  );
  call.handle.send(Buffer.from("a"));
  await call.received(1);
  const [session] = sessions;
  assert.ok(session);
  const listening = session.listenerCount("close");
  detach();
  call.handle.send(Buffer.from("b"));
  await call.received(2);
  assert.equal(session.listenerCount("close"), listening, "its call goes on");
  call.handle.halfClose();
  await call.ended;
  assert.equal(call.status.code, Code.OK);
  while (session.listenerCount("close") === listening) await new Promise(setImmediate);
  assert.ok(session.listenerCount("close") < listening);
  while (serverInternals(other).http2Servers.size > 0) await new Promise(setImmediate);
  assert.equal((await callUnary(transport, "y")).status.code, Code.OK, "the connection lives");
  assert.equal(session.destroyed, false);
});

test("attaching and detaching does not add up on a connection that stays", async (t) => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on("warning", onWarning);
  t.after(() => process.off("warning", onWarning));
  const { app, port } = await startApp(t, plain);
  const transport = transportTo(t, plain, port);
  const { server } = probeServer();
  const unary = serverInternals(server).handlers.get("/probe.Probe/Unary");
  for (let i = 0; i < 30; i++) {
    const passing = new Server();
    passing.register("/passing.Passing/Call", unary?.func as never, bytes, bytes, "unary");
    const detach = attachGrpcServer(app, { name: "passing", server: passing });
    const call = await callUnary(
      {
        start: (one, receiver) =>
          transport.start(
            { ...one, method: { ...one.method, path: "/passing.Passing/Call" } },
            receiver,
          ),
      },
      "x",
    );
    assert.deepEqual(call.messages, ["x"]);
    detach();
    while (serverInternals(passing).http2Servers.size > 0) await new Promise(setImmediate);
  }
  assert.deepEqual(warnings, []);
});

test("many servers can be called over one connection", async (t) => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on("warning", onWarning);
  t.after(() => process.off("warning", onWarning));
  const { app, port } = await startApp(t, plain);
  const transport = transportTo(t, plain, port);
  const unary = serverInternals(probeServer().server).handlers.get("/probe.Probe/Unary");
  for (let i = 0; i < 30; i++) {
    const server = new Server();
    server.register(`/many.S${i}/Call`, unary?.func as never, bytes, bytes, "unary");
    attachGrpcServer(app, { name: `many${i}`, server });
    const start: typeof transport.start = (one, receiver) =>
      transport.start({ ...one, method: { ...one.method, path: `/many.S${i}/Call` } }, receiver);
    assert.deepEqual((await callUnary({ start }, "x")).messages, ["x"]);
  }
  assert.deepEqual(warnings, []);
});
