import assert from "node:assert/strict";
import diagnosticsChannel from "node:diagnostics_channel";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { type TestContext, test } from "node:test";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import { type CallReceiver, loadSchema, type Transport } from "grpc-transcoding";
import { appClosing } from "../../src/closing/app-closing.ts";
import { listen, shopProto } from "../shop.ts";

const schema = await loadSchema({ proto: shopProto }, { services: ["shop.v1.Clock"] });

/** A transport whose calls end only when they are told to. */
function endless(): Transport & { readonly started: Promise<void> } {
  let tell = (): void => {};
  const started = new Promise<void>((resolve) => {
    tell = resolve;
  });
  return {
    started,
    start(_call, receiver: CallReceiver) {
      tell();
      return {
        send() {},
        halfClose() {},
        read() {},
        cancel: (status) => receiver.onStatus(status, [], "transport"),
      };
    },
  };
}

async function manyGateways(
  t: TestContext,
  count: number,
  graceMs: (i: number) => number,
): Promise<{ app: FastifyInstance; transports: readonly ReturnType<typeof endless>[] }> {
  const app = Fastify();
  t.after(() => app.close());
  const transports = Array.from({ length: count }, endless);
  for (const [i, upstream] of transports.entries()) {
    await app.register(grpcGateway, {
      schema,
      upstream,
      prefix: `/g${i}`,
      nativeGrpc: false,
      closeGraceMs: graceMs(i),
    });
  }
  return { app, transports };
}

test("many gateways close without a warning of too many listeners", async (t) => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on("warning", onWarning);
  t.after(() => process.off("warning", onWarning));
  const { app } = await manyGateways(t, 40, () => 1);
  await listen(app);
  await app.close();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(warnings, []);
});

test("each gateway's calls have the grace of that gateway", async (t) => {
  const { app, transports } = await manyGateways(t, 2, (i) => (i === 0 ? 600 : 20));
  const origin = await listen(app);
  const ends: string[] = [];
  const calls = [0, 1].map(async (i) => {
    const { status } = await fetch(`${origin}/g${i}/v1/time`);
    ends.push(`${i}: ${status}`);
  });
  await Promise.all(transports.map(({ started }) => started));
  const closed = app.close();
  await Promise.race(calls);
  assert.deepEqual(ends, ["1: 503"], "the longer grace goes on");
  await Promise.all([...calls, closed]);
  assert.deepEqual(ends, ["1: 503", "0: 503"]);
});

test("a closed app leaves no timer behind, whether it had listened or not", async (t) => {
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  const idle = await manyGateways(t, 2, () => 60_000);
  await idle.app.ready();
  await idle.app.close();
  const listening = await manyGateways(t, 2, () => 60_000);
  await listen(listening.app);
  await listening.app.close();
  // Fastify closes no server that it has not made and that never listened.
  const unused = Fastify({ serverFactory: (handler) => http.createServer(handler) });
  await unused.register(grpcGateway, { schema, upstream: endless(), closeGraceMs: 60_000 });
  await unused.close();
  assert.equal(timers(), before);
  assert.equal(diagnosticsChannel.hasSubscribers("tracing:net.server.listen:asyncStart"), false);
});

test("a connection is followed only as long as it is open", async (t) => {
  const { app } = await manyGateways(t, 1, () => 1);
  const { port } = new URL(await listen(app));
  const { sockets } = appClosing(app);
  const socket = net.connect(Number(port), "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  await once(socket, "data");
  assert.equal(sockets.size, 1);
  socket.destroy();
  while (sockets.size > 0) await new Promise((resolve) => setImmediate(resolve));
});
