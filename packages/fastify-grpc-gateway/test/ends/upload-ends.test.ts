import assert from "node:assert/strict";
import http2 from "node:http2";
import net, { type AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ServerCredentials } from "@grpc/grpc-js";
import type { FastifyInstance } from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import { type Interceptor, loadSchema, type Policy, refuse } from "grpc-transcoding";
import type { Upstream } from "../../src/transport/upstream.ts";
import { connectHttp2 } from "../one-port/http-clients.ts";
import { plain } from "../one-port/server-shapes.ts";
import { type Relay, relayTo } from "../relay.ts";
import { ask, outcomeOf } from "../streams/call-behaviour.ts";
import { CallsLog, callsProto, callsServer } from "../streams/calls-service.ts";
import { plainWires, type StreamClient, type StreamedCall } from "../streams/stream-clients.ts";

const kinds = ["clientStream", "bidi"] as const;
type Kind = (typeof kinds)[number];

interface Started {
  readonly app: FastifyInstance;
  readonly log: CallsLog;
  readonly network: Relay;
  /** The calls that have been started, and those of them that were told that all messages are there. */
  readonly calls: { started: number; halfClosed: number };
}

const schema = loadSchema({ proto: callsProto });
const ways = ["in-process", "passed on"] as const;
type Way = (typeof ways)[number];

async function upstreamOf(t: TestContext, way: Way, log: CallsLog): Promise<Upstream> {
  const server = await callsServer(log);
  if (way === "in-process") return server;
  t.after(() => server.forceShutdown());
  return new Promise((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(`127.0.0.1:${port}`),
    ),
  );
}

function counted(calls: Started["calls"]): Interceptor {
  return (next) => ({
    start(call, receiver) {
      calls.started += 1;
      const handle = next.start(call, receiver);
      return {
        send: (bytes, onAccepted) => handle.send(bytes, onAccepted),
        read: () => handle.read(),
        cancel: (status) => handle.cancel(status),
        halfClose() {
          calls.halfClosed += 1;
          handle.halfClose();
        },
      };
    },
    ...(next.close && { close: () => next.close?.() }),
  });
}

async function start(t: TestContext, way: Way): Promise<Started> {
  const log = new CallsLog();
  const calls = { started: 0, halfClosed: 0 };
  const app = plain.create();
  t.after(() => app.close());
  app.addHook("onRequest", async ({ headers }) => {
    if (headers["x-refuse"] !== "hook") return;
    throw Object.assign(new Error("who are you?"), { statusCode: 401 });
  });
  const policy: Policy = async ({ headers }) => {
    if (headers["x-refuse"] !== "policy") return undefined;
    await delay(20);
    return refuse("PERMISSION_DENIED", "not you");
  };
  await app.register(grpcGateway, {
    schema: await schema,
    upstream: await upstreamOf(t, way, log),
    policies: [policy as never],
    interceptors: [counted(calls)],
    closeGraceMs: 50,
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { app, log, network: await relayTo(t, (app.server.address() as AddressInfo).port), calls };
}

async function nothingIsLeft({ app }: Started): Promise<void> {
  const left = () => Object.entries(app.grpcGateway().gauges).filter(([, n]) => n !== 0);
  for (const until = Date.now() + 2_000; left().length > 0 && Date.now() < until; ) await delay(2);
  assert.deepEqual(left(), []);
}

interface End {
  readonly headers?: Readonly<Record<string, string>>;
  act?(started: Started, call: StreamedCall, client: StreamClient): unknown;
  readonly sees: Readonly<Record<Kind, unknown>> | "nothing";
  readonly isReached: boolean;
}

const closing = "14 the gateway is shutting down";

const ends: Readonly<Record<string, End>> = {
  "a network that is cut": {
    act: ({ network }) => network.cut(),
    sees: "nothing",
    isReached: true,
  },
  "the close of its connection": {
    act: (_started, _call, client) => client.cut(),
    sees: "nothing",
    isReached: true,
  },
  "a hook that refuses it": {
    headers: { "x-refuse": "hook" },
    sees: {
      clientStream: { status: 401, says: ["16 who are you?"] },
      bidi: { status: 401, says: ["16 who are you?"] },
    },
    isReached: false,
  },
  "a policy that refuses it": {
    headers: { "x-refuse": "policy" },
    sees: {
      clientStream: { status: 403, says: ["7 not you"] },
      bidi: { status: 403, says: ["7 not you"] },
    },
    isReached: false,
  },
  "the app's close": {
    act: ({ app }) => void app.close(),
    sees: {
      clientStream: { status: 503, says: [closing] },
      bidi: { status: 200, says: ["1", closing], isWhole: false },
    },
    isReached: true,
  },
  "an answer while the app closes": {
    act({ app }, call) {
      void app.close();
      setImmediate(() => void call.write(ask(2, "answer")));
    },
    sees: {
      clientStream: { status: 200, says: ["1,2"] },
      bidi: { status: 200, says: ["1"] },
    },
    isReached: true,
  },
};

for (const way of ways) {
  for (const wire of plainWires) {
    for (const kind of kinds) {
      for (const [cause, end] of Object.entries(ends)) {
        test(`${way}, ${wire.name}, ${kind}: an upload ends by ${cause}, and nothing is left`, {
          timeout: 5_000,
        }, async (t) => {
          const started = await start(t, way);
          const { app, log, network, calls } = started;
          const client = wire.connect(t, network.port);
          const call = client.start(`/v1/red:${kind}`, { ...end.headers });
          void call.write(ask(1));
          if (end.isReached) {
            await log.seen("message 1");
            if (kind === "bidi") await call.line();
          }
          const acted = performance.now();
          end.act?.(started, call, client);
          if (end.sees === "nothing") {
            await log.seen("cancelled");
            assert.ok(performance.now() - acted < 100, "cancelled within 100 ms");
          } else {
            assert.deepEqual(outcomeOf(await call.answer), end.sees[kind]);
            await call.uploadEnded;
          }
          client.cut();
          await nothingIsLeft(started);
          await app.close();
          assert.deepEqual(calls, { started: end.isReached ? 1 : 0, halfClosed: 0 });
        });
      }
    }
  }
}

/** Bodies over HTTP/1.1 that are cut short, with their heads. */
const shortBodies: Readonly<Record<string, string>> = {
  "a body of chunks": `transfer-encoding: chunked\r\n\r\n${chunk(ask(1))}`,
  "a body within a chunk": `transfer-encoding: chunked\r\n\r\n${chunk(ask(1))}20\r\n{"number"`,
  "a body behind the last chunk's first byte": `transfer-encoding: chunked\r\n\r\n${chunk(ask(1))}0`,
  "a body of known length": `content-length: 500\r\n\r\n${ask(1)}`,
};

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

for (const way of ways) {
  for (const [what, rest] of Object.entries(shortBodies)) {
    for (const by of ["FIN", "RST"] as const) {
      test(`${way}, HTTP/1.1: ${what}, cut short by a ${by}, is not complete`, {
        timeout: 5_000,
      }, async (t) => {
        const started = await start(t, way);
        const socket = net.connect((started.app.server.address() as AddressInfo).port, "127.0.0.1");
        t.after(() => socket.destroy());
        socket.on("error", () => {}).resume();
        socket.write(`POST /v1/red:clientStream HTTP/1.1\r\nhost: a\r\n${rest}`);
        await started.log.seen("message 1");
        if (by === "FIN") socket.end();
        else socket.resetAndDestroy();
        await started.log.seen("cancelled");
        await nothingIsLeft(started);
        assert.equal(started.calls.halfClosed, 0);
      });
    }
  }

  for (const code of [
    http2.constants.NGHTTP2_NO_ERROR,
    http2.constants.NGHTTP2_CANCEL,
    http2.constants.NGHTTP2_INTERNAL_ERROR,
  ]) {
    test(`${way}, HTTP/2: an upload that is reset by code ${code} is not complete`, {
      timeout: 5_000,
    }, async (t) => {
      const started = await start(t, way);
      const { port } = started.app.server.address() as AddressInfo;
      const session = connectHttp2(t, { secure: false }, port);
      const stream = session.request(
        { ":method": "POST", ":path": "/v1/red:clientStream" },
        { endStream: false },
      );
      stream.on("error", () => {});
      stream.write(ask(1));
      await started.log.seen("message 1");
      // Node would end the body in the same breath, which the server sees first.
      stream.end = () => stream;
      stream.close(code);
      await started.log.seen("cancelled");
      session.destroy();
      await nothingIsLeft(started);
      assert.equal(started.calls.halfClosed, 0);
    });
  }
}
