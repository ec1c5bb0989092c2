import assert from "node:assert/strict";
import { connect as connectHttp2, constants } from "node:http2";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import { listen, ShopLog, shopApp, shopProto, shopServer } from "./shop.ts";

async function start(
  t: TestContext,
  log: ShopLog,
  hook?: () => Promise<void>,
): Promise<{ app: FastifyInstance; port: number }> {
  const app = Fastify();
  t.after(() => app.close());
  if (hook) app.addHook("preHandler", hook);
  await app.register(grpcGateway, { proto: shopProto, upstream: await shopServer(log) });
  await listen(app);
  return { app, port: (app.server.address() as { port: number }).port };
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`;

test("runs pipelined requests in turn, and none after the connection has closed", async (t) => {
  const log = new ShopLog();
  const { port } = await start(t, log);
  const socket = connect(port, "127.0.0.1");
  const streams = get("/v1/items:count?bytes=100000").repeat(20);
  socket.write(get("/v1/items/1:wait") + streams);
  await log.waiting();
  assert.equal(log.itemsSent, 0, "streams ran ahead of the response that is still to come");
  socket.destroy();
  await log.cancelled();
  assert.equal(log.cancellations, 1);
  assert.equal(log.itemsSent, 0);
});

test("answers pipelined requests in their order", async (t) => {
  const { port } = await start(t, new ShopLog());
  const socket = connect(port, "127.0.0.1").setEncoding("latin1");
  socket.write(get("/v1/items/1") + get("/v1/items:count?limit=2") + get("/v1/time"));
  let text = "";
  for await (const chunk of socket) {
    text += chunk;
    if (text.includes("hour")) break;
  }
  const order = ["items/1", "items/2", '"hour":12'].map((part) => text.indexOf(part));
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    order,
  );
});

for (const version of ["HTTP/1.1", "HTTP/2"]) {
  test(`${version}: starts no call for a client that left during a hook`, async (t) => {
    const log = new ShopLog();
    let entered = (): void => {};
    let release = (): void => {};
    const hookEntered = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { port } = await start(t, log, async () => {
      entered();
      await released;
    });
    await leave(version, port, hookEntered);
    release();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(log.requests.length, 0);
  });
}

/** Sends a request, leaves once the hook runs, and resolves when the server has noticed. */
async function leave(version: string, port: number, hookEntered: Promise<void>): Promise<void> {
  if (version === "HTTP/1.1") {
    const socket = connect(port, "127.0.0.1");
    socket.write(get("/v1/items/1"));
    await hookEntered;
    socket.destroy();
  } else {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const stream = session.request({ ":path": "/v1/items/1" });
    stream.on("error", () => {});
    await hookEntered;
    stream.close(constants.NGHTTP2_CANCEL);
    session.close();
  }
  // The server sees the end of the connection some turns later.
  await new Promise((resolve) => setTimeout(resolve, 100));
}

test("app.close() ends calls that are open after the grace, over HTTP/1.1 as well", async (t) => {
  const log = new ShopLog();
  const app = await shopApp(t, { upstream: await shopServer(log), closeGraceMs: 50 });
  const origin = await listen(app);
  const unary = fetch(`${origin}/v1/items/1:wait`);
  await log.waiting();
  const stream = await fetch(`${origin}/v1/items:count?bytes=10`);
  const reader = stream.body?.getReader();
  await reader?.read();
  const closed = app.close();
  assert.equal((await unary).status, 503);
  // Broken off, so that nobody takes it for complete.
  await assert.rejects(async () => {
    while (!(await reader?.read())?.done) {}
  });
  await closed;
});
