import assert from "node:assert/strict";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import type { Server } from "@grpc/grpc-js";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import { type CallReceiver, Code, type Status, type Transport } from "grpc-transcoding";
import { connectHttp2, requestHttp1, requestHttp2 } from "../one-port/http-clients.ts";
import { listen, remoteShop, ShopLog, shopProto, shopServer } from "../shop.ts";

const plain = { secure: false };

type Upstream = Server | string | Transport;

/** An app that keeps its warnings and errors; `prepare` adds hooks. */
async function warningApp(
  t: TestContext,
  upstream: Upstream,
  options: FastifyServerOptions = {},
  prepare: (app: FastifyInstance) => void = () => {},
): Promise<{ port: number; warnings: string[] }> {
  const warnings: string[] = [];
  const stream = { write: (line: string) => void warnings.push(JSON.parse(line).msg) };
  const app = Fastify({ ...options, logger: { level: "warn", stream } });
  t.after(() => app.close());
  prepare(app);
  await app.register(grpcGateway, { proto: shopProto, upstream });
  return { port: Number(new URL(await listen(app)).port), warnings };
}

/** A transport whose calls report what they are told to, and go on after they were cancelled. */
class Stubborn implements Transport {
  readonly cancels: Status[] = [];
  readonly receivers: CallReceiver[] = [];

  start(_call: unknown, receiver: CallReceiver) {
    this.receivers.push(receiver);
    return {
      send() {},
      halfClose() {},
      read() {},
      cancel: (status: Status) => void this.cancels.push(status),
    };
  }
}

const ok: Status = { code: Code.OK, message: "", details: [] };
const failed: Status = { code: Code.INTERNAL, message: "late", details: [] };
const upstreams = {
  "in-process": (_t: TestContext, log: ShopLog) => shopServer(log),
  remote: remoteShop,
};

for (const protocol of ["HTTP/1.1", "HTTP/2"] as const) {
  const get = (t: TestContext, port: number, path: string) =>
    protocol === "HTTP/1.1"
      ? requestHttp1(plain, port, path)
      : requestHttp2(connectHttp2(t, plain, port), { ":path": path });

  for (const [name, makeUpstream] of Object.entries(upstreams)) {
    test(`${protocol}, ${name}: handlerTimeout ends the call in the service`, async (t) => {
      const log = new ShopLog();
      const upstream = await makeUpstream(t, log);
      const { port, warnings } = await warningApp(t, upstream, { handlerTimeout: 50 });
      const response = await get(t, port, "/v1/items/1:wait");
      assert.equal(response.statusCode, 503);
      assert.equal(JSON.parse(response.body.toString()).code, Code.UNAVAILABLE);
      await log.cancelled();
      assert.equal(log.cancellations, 1);
      assert.deepEqual(warnings, []);
    });

    test(`${protocol}, ${name}: handlerTimeout ends the call of a stream that has begun`, async (t) => {
      const log = new ShopLog();
      const upstream = await makeUpstream(t, log);
      const { port } = await warningApp(t, upstream, { handlerTimeout: 50 });
      // Its connection breaks, which is all that can still tell the client.
      get(t, port, "/v1/items:count?bytes=100000").catch(() => {});
      await log.cancelled();
      assert.equal(log.cancellations, 1);
    });
  }

  for (const [kind, path] of [
    ["a unary call", "/v1/items/1"],
    ["a stream", "/v1/items:count"],
  ] as const) {
    for (const status of [ok, failed]) {
      test(`${protocol}: status ${status.code} of ${kind} that comes after handlerTimeout is dropped quietly`, async (t) => {
        const upstream = new Stubborn();
        const { port, warnings } = await warningApp(t, upstream, { handlerTimeout: 50 });
        const response = await get(t, port, path);
        assert.equal(response.statusCode, 503);
        assert.deepEqual(
          upstream.cancels.map(({ code }) => code),
          [Code.CANCELLED],
        );
        const [receiver] = upstream.receivers;
        receiver?.onHeaders([["x-late", "1"]]);
        receiver?.onMessage(Buffer.from([10, 1, 97]));
        receiver?.onStatus(status, []);
        assert.deepEqual(warnings, []);
      });

      test(`${protocol}: status ${status.code} of ${kind} is dropped while a hook of onSend holds the answer of handlerTimeout`, async (t) => {
        const upstream = new Stubborn();
        const prepare = (app: FastifyInstance) =>
          app.addHook("onSend", async () => {
            upstream.receivers[0]?.onMessage(Buffer.from([10, 1, 97]));
            upstream.receivers[0]?.onStatus(status, []);
            await new Promise((resolve) => setImmediate(resolve));
          });
        const options = { handlerTimeout: 50 };
        const { port, warnings } = await warningApp(t, upstream, options, prepare);
        assert.equal((await get(t, port, path)).statusCode, 503);
        assert.equal(upstream.cancels.length, 1);
        assert.deepEqual(warnings, []);
      });
    }

    test(`${protocol}: an answer that a hook left running ends ${kind}`, async (t) => {
      const upstream = new Stubborn();
      const { port } = await warningApp(t, upstream, {}, (app) =>
        app.addHook("preHandler", async (_request, reply) => {
          setTimeout(() => reply.code(202).send({ from: "hook" }), 10);
        }),
      );
      const response = await get(t, port, path);
      assert.equal(response.statusCode, 202);
      assert.deepEqual(JSON.parse(response.body.toString()), { from: "hook" });
      assert.equal(upstream.cancels.length, 1);
    });

    for (const messages of [0, 1]) {
      test(`${protocol}: ${messages} messages and the end of ${kind} are dropped quietly for a reply that the app took over`, async (t) => {
        const upstream = new Stubborn();
        const { port, warnings } = await warningApp(t, upstream, {}, (app) =>
          app.addHook("preHandler", async (_request, reply) => {
            setTimeout(() => {
              reply.hijack();
              const [receiver] = upstream.receivers;
              if (messages > 0) receiver?.onMessage(Buffer.from([10, 1, 97]));
              receiver?.onStatus(ok, []);
              reply.raw.end("mine");
            }, 10);
          }),
        );
        assert.equal((await get(t, port, path)).body.toString(), "mine");
        assert.deepEqual(warnings, []);
      });
    }
  }
}

test("a pipelined request that handlerTimeout answered while it waited makes no call", async (t) => {
  const upstream = new Stubborn();
  const { port } = await warningApp(t, upstream, { handlerTimeout: 50 }, (app) => {
    let release = (): void => {};
    app.get("/first", { handlerTimeout: 60_000 }, (_request, reply) => {
      release = () => void reply.send("first");
    });
    app.addHook("onSend", async ({ url }) => {
      if (url !== "/first") setImmediate(release);
    });
  });
  const socket = connect(port, "127.0.0.1").setEncoding("latin1");
  t.after(() => socket.destroy());
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`;
  socket.write(get("/first") + get("/v1/items/1"));
  let text = "";
  for await (const chunk of socket) {
    text += chunk;
    if (text.includes("FST_ERR_HANDLER_TIMEOUT")) break;
  }
  assert.match(text, /first.*503/s);
  assert.equal(upstream.receivers.length, 0);
});
