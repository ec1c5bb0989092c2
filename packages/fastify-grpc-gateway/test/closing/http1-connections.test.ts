import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { type TestContext, test } from "node:test";
import tls from "node:tls";
import type { FastifyInstance } from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import { requestHttp1 } from "../one-port/http-clients.ts";
import { addresses, resolveLocalhostTwice } from "../one-port/localhost-addresses.ts";
import { pem, plain, type ServerShape, secure, serverShapes } from "../one-port/server-shapes.ts";
import { shopProto, shopServer } from "../shop.ts";

const closeGraceMs = 400;
const shapes = serverShapes.filter(({ http1 }) => http1);

interface ClosingApp {
  readonly app: FastifyInstance;
  readonly port: number;
  /** Ends the requests that wait on `/held`. */
  readonly release: () => void;
  /** Resolves when a request waits there. */
  readonly held: Promise<void>;
}

async function start(
  t: TestContext,
  shape: ServerShape,
  options: { readonly nativeGrpc?: boolean } = {},
): Promise<ClosingApp> {
  const app = shape.create();
  t.after(() => app.close());
  const { nativeGrpc = true } = options;
  const upstream = await shopServer();
  await app.register(grpcGateway, { proto: shopProto, upstream, closeGraceMs, nativeGrpc });
  const held = deferred();
  const released = deferred();
  app.get("/held", async () => {
    held.resolve();
    await released.promise;
    return "done";
  });
  app.get("/begun", (_request, reply) => {
    reply.hijack();
    reply.raw.write("first");
    held.resolve();
    void released.promise.then(() => reply.raw.end("last"));
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as net.AddressInfo;
  return { app, port, release: released.resolve, held: held.promise };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function keepAliveAgent(t: TestContext, { secure }: ServerShape): http.Agent {
  const agent = secure ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  return agent;
}

/** How long closing takes, in milliseconds. */
async function timeOf(closing: PromiseLike<unknown>): Promise<number> {
  const began = performance.now();
  await closing;
  return performance.now() - began;
}

async function endsWithItsAnswer(
  t: TestContext,
  shape: ServerShape,
  nativeGrpc: boolean,
): Promise<void> {
  const { app, port, release, held } = await start(t, shape, { nativeGrpc });
  const answer = requestHttp1(shape, port, "/held", { agent: keepAliveAgent(t, shape) });
  await held;
  const closed = timeOf(app.close());
  await new Promise((resolve) => setImmediate(resolve));
  release();
  const { body, headers } = await answer;
  assert.deepEqual([String(body), headers.connection], ["done", "close"]);
  assert.ok((await closed) < closeGraceMs, "closed without waiting for its grace");
}

for (const shape of [plain, secure]) {
  test(`${shape.name}, without native gRPC: an answer while the app closes ends its keep-alive connection`, (t) =>
    endsWithItsAnswer(t, shape, false));
}

for (const shape of shapes) {
  test(`${shape.name}: an answer while the app closes ends its keep-alive connection`, (t) =>
    endsWithItsAnswer(t, shape, true));

  test(`${shape.name}: a connection whose answer had begun ends behind it`, async (t) => {
    const { app, port, release, held } = await start(t, shape);
    const answer = requestHttp1(shape, port, "/begun", { agent: keepAliveAgent(t, shape) });
    await held;
    const closed = timeOf(app.close());
    await new Promise((resolve) => setImmediate(resolve));
    release();
    assert.equal(String((await answer).body), "firstlast");
    assert.ok((await closed) < closeGraceMs, "closed without waiting for its grace");
  });

  test(`${shape.name}: a connection that has sent nothing does not hold a closing app`, async (t) => {
    const { app, port } = await start(t, shape);
    const silent = shape.secure
      ? tls.connect({ port, host: "127.0.0.1", ca: pem("ca.pem"), servername: "localhost" })
      : net.connect(port, "127.0.0.1");
    silent.on("error", () => {});
    t.after(() => silent.destroy());
    await once(silent, shape.secure ? "secureConnect" : "connect");
    assert.ok((await timeOf(app.close())) < closeGraceMs);
  });

  test(`${shape.name}: connections that stay half-made hold a closing app up to its grace`, async (t) => {
    const { app, port, held } = await start(t, shape);
    // In the middle of its headers, or of its handshake.
    const half = net.connect(port, "127.0.0.1").on("error", () => {});
    t.after(() => half.destroy());
    half.write(shape.secure ? Buffer.from([22, 3, 1]) : "GET / HTTP/1.1\r\n");
    // An endless handler.
    const lost = assert.rejects(requestHttp1(shape, port, "/held"));
    await held;
    const time = await timeOf(app.close());
    assert.ok(time < closeGraceMs + 1_000, `closed after ${Math.round(time)} ms`);
    await lost;
  });

  test(`${shape.name}: an idle keep-alive connection does not hold a closing app`, async (t) => {
    const { app, port } = await start(t, shape);
    const agent = keepAliveAgent(t, shape);
    assert.equal((await requestHttp1(shape, port, "/v1/items/1", { agent })).statusCode, 200);
    assert.ok((await timeOf(app.close())) < closeGraceMs);
  });
}

test("the second address of localhost ends with the app as well", async (t) => {
  resolveLocalhostTwice(t);
  const app = plain.create();
  const upstream = await shopServer();
  await app.register(grpcGateway, { proto: shopProto, upstream, closeGraceMs });
  const began = deferred();
  app.get("/never", () => {
    began.resolve();
    return new Promise(() => {});
  });
  await app.listen({ port: 0, host: "localhost" });
  const { port } = app.server.address() as net.AddressInfo;
  const socket = net.connect(port, addresses[1]).on("error", () => {});
  socket.write("GET /never HTTP/1.1\r\nhost: a\r\n\r\n");
  await began.promise;
  const closed = app.close();
  // Fastify waits for its first server alone.
  assert.ok((await timeOf(once(socket, "close"))) < closeGraceMs + 1_000);
  await closed;
});
