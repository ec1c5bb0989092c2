import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import http2 from "node:http2";
import { type TestContext, test } from "node:test";
import { Server } from "@grpc/grpc-js";
import Fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import grpcGateway, { attachGrpcServer } from "fastify-grpc-gateway";
import { Code } from "grpc-transcoding";
import { callUnary, probeServer, startCall } from "grpc-transcoding/testing";
import { connectHttp2, grpcFrame, grpcHeaders, requestHttp2 } from "../one-port/http-clients.ts";
import { plain } from "../one-port/server-shapes.ts";
import { transportTo } from "../one-port/split-app.ts";
import { askNative, guardedApp, guardedServer, guardProto } from "./guarded-app.ts";

const whoAmI = "/guard.v1.Guarded/WhoAmI";

/** An app with the probe service behind hooks. */
async function probeApp(t: TestContext, hooks: (app: FastifyInstance) => void) {
  const app = Fastify();
  t.after(() => app.close());
  hooks(app);
  const { server, log } = probeServer();
  attachGrpcServer(app, { name: "probe", server });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as { port: number };
  return { app, port, log, transport: transportTo(t, plain, port) };
}

test("the hooks of the scope and its parents run in their order, on a request without a body", async (t) => {
  const seen: string[] = [];
  const watch = (name: string) => async (request: FastifyRequest) => {
    const { rpc } = request;
    seen.push(
      `${name} ${request.method} ${request.url} ${rpc?.protocol} ${rpc?.service}/${rpc?.method}`,
    );
  };
  const app = Fastify();
  t.after(() => app.close());
  app.addHook("onRequest", watch("root onRequest"));
  app.addHook("preHandler", watch("root preHandler"));
  await app.register(
    async (scope) => {
      scope.addHook("onRequest", watch("scope onRequest"));
      scope.addHook("preValidation", watch("scope preValidation"));
      scope.addHook("onResponse", watch("scope onResponse"));
      await scope.register(grpcGateway, { proto: guardProto, upstream: await guardedServer() });
    },
    { prefix: "/tenants/api" },
  );
  await app.register(async (other) => other.addHook("onRequest", watch("another scope")));
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as { port: number };
  assert.equal(await askNative(t, port, whoAmI)({ "x-user": "eve" }), "eve");
  const call = "POST /guard.v1.Guarded/WhoAmI grpc guard.v1.Guarded/WhoAmI";
  const names = ["root onRequest", "scope onRequest", "scope preValidation", "root preHandler"];
  while (seen.length < 5) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    seen,
    [...names, "scope onResponse"].map((name) => `${name} ${call}`),
  );
});

test("calls of every kind pass the hooks with all their messages", async (t) => {
  const { transport } = await probeApp(t, (app) =>
    app.addHook("onRequest", async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }),
  );
  assert.deepEqual((await callUnary(transport, "x")).messages, ["x"]);
  const down = startCall(transport, "ServerStream");
  down.handle.send(Buffer.from("count 50"));
  down.handle.halfClose();
  await down.ended;
  assert.equal(down.messages.length, 50);
  const up = startCall(transport, "ClientStream");
  for (let i = 0; i < 50; i++) {
    await new Promise<void>((accepted) => up.handle.send(Buffer.alloc(10_000), accepted));
  }
  up.handle.halfClose();
  await up.ended;
  assert.deepEqual(up.messages, ["500000"]);
  const both = startCall(transport, "Bidi");
  both.handle.send(Buffer.from("a"));
  await both.received(1);
  both.handle.send(Buffer.from("b"));
  both.handle.halfClose();
  await both.ended;
  assert.deepEqual(both.messages, ["re: a", "re: b"]);
  assert.equal(both.status.code, Code.OK);
});

test("what hooks throw or send is a status with its trailers, and never OK", async (t) => {
  const { transport, log } = await probeApp(t, (app) =>
    app.addHook("onRequest", async (request, reply) => {
      const { "x-case": kind } = request.headers;
      reply.header("x-hook", "was here").header("set-cookie", "a=b");
      if (kind === "send") return reply.code(429).header("retry-after", "7").send("slow");
      if (kind === "json") return reply.code(403).send({ message: "not you", more: 1 });
      if (kind === "success") return reply.send({ message: "cached" });
      if (kind === "redirect") return reply.redirect("/login");
      if (kind === "raw") {
        reply.hijack();
        reply.raw.writeHead(503, { "x-raw": "1" });
        reply.raw.write("down");
        reply.raw.end();
        return;
      }
      if (kind === "stream") {
        const { Readable } = await import("node:stream");
        return reply.code(404).send(Readable.from(['{"message":', '"streamed"}']));
      }
      if (kind === "status code") throw Object.assign(new Error("pay"), { statusCode: 402 });
      if (kind === "reply code") {
        reply.code(401);
        throw new Error("who?");
      }
      if (kind === "fault") throw new Error("secret");
    }),
  );
  const as = async (kind: string) => {
    const call = await callUnary(transport, "x", { metadata: [["x-case", kind]] });
    const { code, message } = call.status;
    return [code, message, Object.fromEntries(call.trailers)] as const;
  };
  const hook = { "x-hook": "was here", "set-cookie": "a=b" };
  const { RESOURCE_EXHAUSTED, PERMISSION_DENIED, UNKNOWN, UNAVAILABLE, NOT_FOUND } = Code;
  assert.deepEqual(await as("send"), [
    RESOURCE_EXHAUSTED,
    "the app answered with HTTP status 429",
    { ...hook, "retry-after": "7" },
  ]);
  assert.deepEqual(await as("json"), [PERMISSION_DENIED, "not you", hook]);
  assert.deepEqual((await as("success"))[0], UNKNOWN);
  assert.deepEqual((await as("redirect"))[0], UNKNOWN);
  assert.deepEqual(await as("raw"), [
    UNAVAILABLE,
    "the app answered with HTTP status 503",
    { "x-raw": "1" },
  ]);
  assert.deepEqual((await as("stream")).slice(0, 2), [NOT_FOUND, "streamed"]);
  assert.deepEqual((await as("status code"))[1], "pay");
  assert.deepEqual((await as("reply code")).slice(0, 2), [Code.UNAUTHENTICATED, "who?"]);
  const [code, message] = await as("fault");
  assert.equal(code, Code.INTERNAL);
  assert.doesNotMatch(message, /secret/);
  assert.deepEqual(log.events, [], "the service was not asked");
});

test("a hook cannot lead a call to another method, nor change its framing", async (t) => {
  const { port } = await guardedApp(t, {
    upstream: "in-process",
    hooks: (app) =>
      app.addHook("onRequest", async (request) => {
        Object.assign(request.headers, {
          ":path": "/guard.v1.Hidden/WhoAmI",
          "content-type": "text/plain",
          "grpc-timeout": "0n",
        });
      }),
  });
  assert.equal(await askNative(t, port, whoAmI)({ "x-user": "eve" }), "eve");
});

test("a client that leaves while a hook decides starts no call, and its request ends", async (t) => {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let responses = 0;
  const entered: { resolve?: () => void } = {};
  const hookRuns = new Promise<void>((resolve) => {
    entered.resolve = resolve;
  });
  const { port, log, app } = await probeApp(t, (instance) => {
    instance.addHook("onRequest", async () => {
      entered.resolve?.();
      await released;
    });
    instance.addHook("onResponse", async () => void responses++);
  });
  const session = connectHttp2(t, plain, port);
  const stream = session.request(grpcHeaders("/probe.Probe/Unary"));
  stream.on("error", () => {});
  stream.end(grpcFrame("x"));
  await hookRuns;
  stream.close(http2.constants.NGHTTP2_CANCEL);
  await once(stream, "close");
  while (responses === 0) await new Promise((resolve) => setImmediate(resolve));
  release();
  const next = await requestHttp2(session, { ":path": "/none" });
  assert.equal(next.statusCode, 404);
  assert.deepEqual(log.events, []);
  assert.equal(app.server.listening, true);
});

test("the log has one line for each native call, with its code", async (t) => {
  const lines: { msg: string; grpc?: { method: string; code: string } }[] = [];
  const app = Fastify({
    logger: { stream: { write: (line) => void lines.push(JSON.parse(line)) } },
  });
  t.after(() => app.close());
  app.addHook("onRequest", async (request) => {
    if (request.headers["x-refuse"]) throw Object.assign(new Error("no"), { statusCode: 403 });
  });
  attachGrpcServer(app, { name: "probe", server: probeServer().server });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as { port: number };
  const transport = transportTo(t, plain, port);
  await callUnary(transport, "x");
  await callUnary(transport, "fail");
  await callUnary(transport, "x", { metadata: [["x-refuse", "1"]] });
  const hanging = startCall(transport, "Unary");
  hanging.handle.send(Buffer.from("hang"));
  hanging.handle.halfClose();
  while (!lines.some(({ msg }) => msg === "incoming request")) await new Promise(setImmediate);
  hanging.handle.cancel({ code: Code.CANCELLED, message: "gone", details: [] });
  const calls = () => lines.filter(({ msg }) => msg === "grpc call completed");
  while (calls().length < 4) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    calls().map(({ grpc }) => grpc),
    ["OK", "FAILED_PRECONDITION", "PERMISSION_DENIED", "CANCELLED"].map((code) => ({
      method: "/probe.Probe/Unary",
      code,
    })),
  );
});

test("AsyncLocalStorage that a hook enters reaches the handler in this process", async (t) => {
  const storage = new AsyncLocalStorage<string>();
  const server = new Server();
  const bytes = (buffer: Buffer): Buffer => buffer;
  server.register(
    "/store.Store/Get",
    ((_call: unknown, callback: (error: null, value: Buffer) => void) =>
      callback(null, Buffer.from(`xx${storage.getStore()}`))) as never,
    bytes,
    bytes,
    "unary",
  );
  const app = Fastify();
  t.after(() => app.close());
  app.addHook("onRequest", (_request, _reply, done) => storage.run("alice", done));
  attachGrpcServer(app, { name: "store", server });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as { port: number };
  assert.equal(await askNative(t, port, "/store.Store/Get")({}), "alice");
});

test('"skip" passes no hooks, and is told at start where there are some', async (t) => {
  const lines: string[] = [];
  const logger = { level: "warn", stream: { write: (line: string) => void lines.push(line) } };
  for (const hooked of [true, false]) {
    const app = Fastify({ logger });
    t.after(() => app.close());
    if (hooked) {
      app.addHook("onRequest", async () => {
        throw Object.assign(new Error("no"), { statusCode: 401 });
      });
    }
    const upstream = await guardedServer();
    const nativeGrpc = { hooks: "skip" } as const;
    await app.register(grpcGateway, { proto: guardProto, upstream, nativeGrpc });
    await app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = app.server.address() as { port: number };
    assert.equal(await askNative(t, port, whoAmI)({ "x-user": "eve" }), "eve");
  }
  assert.equal(lines.filter((line) => line.includes("do not run through the hooks")).length, 1);
});

test("open services pass no hooks, the others do", async (t) => {
  const { port } = await guardedApp(t, {
    upstream: "in-process",
    hooks: (app) =>
      app.addHook("onRequest", async () => {
        throw Object.assign(new Error("no"), { statusCode: 401 });
      }),
    gateway: { nativeGrpc: { open: ["guard.v1.Hidden"] } },
  });
  assert.equal(await askNative(t, port, "/guard.v1.Hidden/WhoAmI")({ "x-user": "k8s" }), "k8s");
  assert.equal(await askNative(t, port, whoAmI)({}), "UNAUTHENTICATED");
});

test("of an upstream elsewhere the schema's services and its health are passed on, or all that it has", async (t) => {
  const services = ["guard.v1.Guarded"];
  const schema = await guardedApp(t, { upstream: "passed on", gateway: { services } });
  const ask = (port: number, path: string) => askNative(t, port, path)({ "x-user": "eve" });
  assert.equal(await ask(schema.port, whoAmI), "eve");
  assert.equal(await ask(schema.port, "/guard.v1.Hidden/WhoAmI"), "UNIMPLEMENTED");
  const all = await guardedApp(t, {
    upstream: "passed on",
    gateway: { services, nativeGrpc: { services: "all" } },
  });
  assert.equal(await ask(all.port, whoAmI), "eve");
  assert.equal(await ask(all.port, "/guard.v1.Hidden/WhoAmI"), "eve");
  assert.equal(await ask(all.port, "/guard.v1.Hidden/Missing"), "UNIMPLEMENTED");
});

test("the health of an upstream elsewhere can be asked on the app's port", async (t) => {
  const server = await guardedServer();
  const bytes = (buffer: Buffer): Buffer => buffer;
  const serving = Buffer.from("xxSERVING");
  server.register(
    "/grpc.health.v1.Health/Check",
    ((_call: unknown, callback: (error: null, value: Buffer) => void) =>
      callback(null, serving)) as never,
    bytes,
    bytes,
    "unary",
  );
  const { ServerCredentials } = await import("@grpc/grpc-js");
  const upstreamPort = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  t.after(() => server.forceShutdown());
  const app = Fastify();
  t.after(() => app.close());
  for (const prefix of ["/one", "/two"]) {
    const services = [prefix === "/one" ? "guard.v1.Guarded" : "guard.v1.Hidden"];
    const upstream = `127.0.0.1:${upstreamPort}`;
    await app.register(grpcGateway, { proto: guardProto, upstream, prefix, services });
  }
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as { port: number };
  assert.equal(await askNative(t, port, "/grpc.health.v1.Health/Check")({}), "SERVING");
});

test("many gateways of one scope share the way through its hooks", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  let runs = 0;
  app.addHook("onRequest", async () => void runs++);
  for (let i = 0; i < 35; i++) {
    const server = new Server();
    const bytes = (buffer: Buffer): Buffer => buffer;
    const answer = (_call: unknown, callback: (error: null, value: Buffer) => void) =>
      callback(null, Buffer.from(`xx${i}`));
    server.register(`/many.S${i}/Get`, answer as never, bytes, bytes, "unary");
    attachGrpcServer(app, { name: `s${i}`, server });
  }
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as { port: number };
  for (const i of [0, 34]) assert.equal(await askNative(t, port, `/many.S${i}/Get`)({}), String(i));
  assert.equal(runs, 2);
});

test("the option metadata and native calls that pass no hooks exclude each other", async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  const upstream = await guardedServer();
  const options = { proto: guardProto, upstream, metadata: () => [] };
  await assert.rejects(
    async () => app.register(grpcGateway, { ...options, nativeGrpc: { hooks: "skip" } }),
    {
      code: "FST_GRPC_OPTION",
      message: /"metadata"/,
    },
  );
});
