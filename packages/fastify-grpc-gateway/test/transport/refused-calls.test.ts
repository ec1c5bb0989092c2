import assert from "node:assert/strict";
import { once } from "node:events";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { Server } from "@grpc/grpc-js";
import { Code, type Status, type Transport, type TransportCall } from "grpc-transcoding";
import { createChannelTransport } from "../../src/transport/channel.ts";
import { createInProcessTransport } from "../../src/transport/in-process.ts";

interface Ended {
  readonly code: Code;
  /** Whether it tells that nothing of it had left. */
  readonly isRefused: boolean;
}

const path = "/probe.Probe/Unary";

/** Makes a call, and cancels it once `cancelled` resolves. */
async function end(
  transport: Transport,
  deadlineMs = 10_000,
  timing: TransportCall["timing"] = {},
  cancelled?: Promise<unknown>,
): Promise<Ended> {
  const call: TransportCall = {
    method: { path, clientStreaming: false, serverStreaming: false },
    metadata: [],
    deadline: { at: Date.now() + deadlineMs, source: "client" },
    peer: "",
    timing,
  };
  const status = await new Promise<Status>((resolve) => {
    const receiver = { onHeaders() {}, onMessage() {}, onStatus: resolve };
    const handle = transport.start(call, receiver);
    handle.read();
    handle.send(Buffer.from("x"));
    handle.halfClose();
    void cancelled?.then(() =>
      handle.cancel({ code: Code.CANCELLED, message: "enough", details: [] }),
    );
  });
  return { code: status.code, isRefused: timing.refused !== undefined };
}

/** An upstream that resets each call with an HTTP/2 error, or, for 0, says nothing to it. */
async function resetting(
  t: TestContext,
  rstCode: number,
): Promise<{ transport: Transport; called: Promise<unknown> }> {
  const server = http2.createServer();
  server.on("stream", (stream) => {
    stream.on("error", () => {});
    if (rstCode !== 0) stream.close(rstCode);
  });
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on("session", (session) => sessions.add(session));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const transport = createChannelTransport(`127.0.0.1:${port}`);
  t.after(() => {
    transport.close?.();
    for (const session of sessions) session.destroy();
    server.close();
  });
  return { transport, called: once(server, "stream") };
}

test("a call to an upstream that cannot be reached tells that nothing has left", async (t) => {
  const transport = createChannelTransport("127.0.0.1:1");
  t.after(() => transport.close?.());
  assert.deepEqual(await end(transport), { code: Code.UNAVAILABLE, isRefused: true });
});

test("a call whose stream was refused tells so, one that was reset otherwise does not", async (t) => {
  const refusing = await resetting(t, http2.constants.NGHTTP2_REFUSED_STREAM);
  assert.deepEqual(await end(refusing.transport), { code: Code.UNAVAILABLE, isRefused: true });
  const failing = await resetting(t, http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
  assert.deepEqual(await end(failing.transport), { code: Code.UNAVAILABLE, isRefused: false });
});

test("a call that had left when it was late, or cancelled, does not tell so", async (t) => {
  const late = await resetting(t, 0);
  const { code, isRefused } = await end(late.transport, 300);
  assert.deepEqual([code, isRefused], [Code.DEADLINE_EXCEEDED, false]);
  const silent = await resetting(t, 0);
  const cancelled = await end(silent.transport, 10_000, {}, silent.called);
  assert.deepEqual(cancelled, { code: Code.CANCELLED, isRefused: false });
});

test("a transport that is closed tells that nothing has left", async () => {
  for (const transport of [
    createChannelTransport("127.0.0.1:1"),
    createInProcessTransport(new Server()),
  ]) {
    transport.close?.();
    assert.deepEqual(await end(transport), { code: Code.UNAVAILABLE, isRefused: true });
  }
});

test("a call in this process tells so until its handler is called", async (t) => {
  const server = new Server({ "grpc.max_receive_message_length": 2 });
  const same = (bytes: Buffer): Buffer => bytes;
  let answers = true;
  const handle = (_call: unknown, callback: (error: { code: Code } | null) => void) =>
    answers ? callback({ code: Code.UNAVAILABLE }) : undefined;
  server.register(path, handle as never, same, same, "unary");
  const transport = createInProcessTransport(server);
  t.after(() => transport.close?.());
  const before = { refused: 1 };
  assert.deepEqual(await end(transport, 10_000, before), {
    code: Code.UNAVAILABLE,
    isRefused: false,
  });
  answers = false;
  assert.deepEqual(await end(transport, 20), { code: Code.DEADLINE_EXCEEDED, isRefused: false });
  assert.deepEqual(await end(transport, -1), { code: Code.DEADLINE_EXCEEDED, isRefused: true });
  const small = createInProcessTransport(server, { maxRequestBytes: 0 });
  assert.deepEqual(await end(small), { code: Code.RESOURCE_EXHAUSTED, isRefused: true });
});
