import assert from "node:assert/strict";
import { test } from "node:test";
import { Code } from "grpc-transcoding";
import { callUnary, startCall } from "grpc-transcoding/testing";
import type { Http2TransportOptions } from "../../src/options.ts";
import { createHttp2Transport } from "../../src/transport.ts";
import { frameType, setting } from "../frames/frame-bytes.ts";
import { answerHead, RawServer, type Script } from "../frames/raw-server.ts";
import { honest, inTime, openSockets, settled } from "./hostile-test.ts";

// A transport that is closed ends its calls and leaves nothing, wherever they are.

interface Point {
  readonly script: Script;
  /** When the server has seen this frame; at once where it is left out. */
  readonly after?: number;
  readonly options?: Partial<Http2TransportOptions>;
  readonly waitMs?: number;
}

const silent: Script = () => undefined;

const points: Record<string, Point> = {
  "before it connects": { script: silent },
  "before the server's SETTINGS": { script: silent, after: frameType.settings },
  "while TLS begins": { script: silent, options: { tls: true }, waitMs: 50 },
  "while a call waits for room": {
    script: (peer) => peer.greet([setting.maxConcurrentStreams, 0]),
    waitMs: 50,
  },
  "while a call waits for its window": {
    script: (peer) => peer.greet([setting.initialWindowSize, 0]),
    after: frameType.headers,
  },
  "while a call waits for its answer": { script: (peer) => peer.greet(), after: frameType.data },
  "while a call waits for its trailers": {
    script: async (peer) => {
      await peer.greet();
      await peer.send(answerHead(await peer.request()));
    },
    after: frameType.data,
  },
  "while keepalive waits": {
    script: (peer) => peer.greet(),
    options: { keepaliveMs: 20, keepaliveTimeoutMs: 10_000 },
    after: frameType.ping,
  },
};

for (const [when, { script, after, options, waitMs = 0 }] of Object.entries(points)) {
  test(`a transport that is closed ${when} ends its call, and nothing is left`, async (t) => {
    const before = openSockets();
    const timers = openTimers();
    const server = await RawServer.listen(t, script);
    const transport = createHttp2Transport({ target: server.target, ...options });
    const call = startCall(transport, "Unary");
    call.handle.send(Buffer.from("hello"));
    call.handle.halfClose();
    const hasCome = (): boolean =>
      server.peers[0]?.frames.some(({ type }) => type === after) === true;
    while (after !== undefined && !hasCome()) await new Promise(setImmediate);
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    await transport.close?.();
    await call.ended;
    assert.equal(call.status.code, Code.UNAVAILABLE);
    assert.equal(transport.liveCalls, 0);
    const late = await callUnary(transport, "hello");
    assert.equal(late.status.code, Code.UNAVAILABLE);
    for (const { closed } of server.peers) await closed;
    server.close();
    await settled(before);
    assert.equal(openTimers(), timers);
  });
}

test("a transport that is closed after its calls holds nothing", async (t) => {
  const before = openSockets();
  const timers = openTimers();
  const server = await RawServer.listen(t, honest);
  const transport = createHttp2Transport({
    target: server.target,
    keepaliveMs: 1000,
    maxAgeMs: 9999,
  });
  const call = await callUnary(transport, "hello", inTime(2000));
  assert.equal(call.status.code, Code.OK);
  await transport.close?.();
  await transport.close?.();
  for (const { closed } of server.peers) await closed;
  server.close();
  await settled(before);
  assert.equal(openTimers(), timers);
});

function openTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}
