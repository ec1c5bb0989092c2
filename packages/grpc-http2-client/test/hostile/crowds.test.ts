import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { type CallHandle, Code, type Transport, transportStatus } from "grpc-transcoding";
import { callUnary, type RecordedCall, startCall } from "grpc-transcoding/testing";
import { flag, frame, frameType } from "../frames/frame-bytes.ts";
import { answerHead, type RawPeer, RawServer, trailers } from "../frames/raw-server.ts";
import { inTime, keptBytes, transportTo } from "./hostile-test.ts";

// Many calls at once, and what one of them may do to the others.

const cancelled = transportStatus(Code.CANCELLED, "enough");

function startMany(transport: Transport, calls: number): RecordedCall[] {
  return Array.from({ length: calls }, () => {
    const call = startCall(transport, "Unary");
    call.handle.send(Buffer.from("x"));
    call.handle.halfClose();
    return call;
  });
}

test("a burst of cancels stays within what peers take for no attack, and ends no other call", async (t) => {
  const isReset = ({ type }: { type: number }): boolean => type === frameType.rstStream;
  const server = await RawServer.listen(t, async (peer) => {
    await peer.greet();
    const id = await peer.head();
    await peer.send(answerHead(id));
    for (let calls = 0; calls < 1000; calls++) await peer.request();
    await peer.next(({ stream, flags }) => stream === id && flags === flag.endStream);
    await peer.send(trailers(id));
  });
  const transport = transportTo(t, server.target);
  const long = startCall(transport, "Bidi");
  while (long.headers === undefined) await new Promise(setImmediate);
  const calls = startMany(transport, 1000);
  const [peer] = server.peers as [RawPeer];
  while (peer.frames.length < 2000) await new Promise(setImmediate);
  for (const { handle } of calls) handle.cancel(cancelled);
  await Promise.all(calls.map(({ ended }) => ended));
  for (const { status } of calls) assert.equal(status.code, Code.CANCELLED);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const resets = peer.frames.filter(isReset).length;
  assert.ok(resets >= 50 && resets < 150, `${resets} resets`);
  long.handle.halfClose();
  await long.ended;
  assert.equal(long.status.code, Code.OK, long.status.message);
});

test("a connection that is lost under 1,000 calls ends each of them once", async (t) => {
  const server = await RawServer.listen(t, async (peer) => {
    await peer.greet();
    for (let calls = 0; calls < 1000; calls++) await peer.request();
    peer.socket.resetAndDestroy();
  });
  const transport = transportTo(t, server.target);
  const calls = startMany(transport, 1000);
  await Promise.all(calls.map(({ ended }) => ended));
  for (const { status, reports } of calls) {
    assert.equal(status.code, Code.UNAVAILABLE);
    assert.deepEqual(reports, ["status"]);
  }
  assert.equal(transport.liveCalls, 0);
});

test("a call that ends another, starts one or closes the transport in its report does no harm", async (t) => {
  const server = await RawServer.listen(t, async (peer) => {
    await peer.greet();
    for (let calls = 0; calls < 30; calls++) await peer.request();
    peer.socket.destroy();
  });
  const transport = transportTo(t, server.target);
  const codes: Code[] = [];
  const handles: CallHandle[] = [];
  await new Promise<void>((resolve) => {
    const start = (isFirst: boolean): void => {
      const at = handles.length;
      const handle = transport.start(
        {
          method: { path: "/a.B/C", clientStreaming: false, serverStreaming: false },
          metadata: [],
          ...inTime(2000),
          peer: "192.0.2.7:1",
          timing: {},
        },
        {
          onHeaders: () => undefined,
          onMessage: () => undefined,
          onStatus: ({ code }) => {
            codes.push(code);
            handles[at + 1]?.cancel(cancelled);
            if (isFirst && codes.length < 10) start(false);
            if (codes.length === 20) void transport.close?.();
            if (codes.length === handles.length) resolve();
          },
        },
      );
      handles.push(handle);
      handle.send(Buffer.from("x"));
      handle.halfClose();
    };
    for (let calls = 0; calls < 30; calls++) start(true);
  });
  assert.equal(codes.length, handles.length);
  assert.ok(codes.every((code) => code === Code.UNAVAILABLE || code === Code.CANCELLED));
  assert.equal(transport.liveCalls, 0);
});

test("large messages that are announced and do not come take little room", async (t) => {
  const announced = Buffer.from([0, 0, 0x3f, 0xff, 0xff, 1]);
  const server = await RawServer.listen(t, async (peer) => {
    await peer.greet();
    for (;;) {
      const id = await peer.request();
      await peer.send(answerHead(id), frame(frameType.data, 0, id, announced));
    }
  });
  const transport = transportTo(t, server.target);
  const before = await keptBytes();
  const calls = startMany(transport, 300);
  while (!calls.every(({ headers }) => headers !== undefined)) await new Promise(setImmediate);
  await new Promise(setImmediate);
  const growth = (await keptBytes()) - before;
  assert.ok(growth < 300 * 150_000, `${growth} bytes more`);
  for (const { handle } of calls) handle.cancel(cancelled);
  await Promise.all(calls.map(({ ended }) => ended));
});

test("a message that is announced as 4 MB comes whole in pieces of any size", async (t) => {
  const bytes = Buffer.alloc(4 * 1024 * 1024, "0123456789abcdef");
  const transport = transportTo(t, await pieces(t, bytes));
  const call = await callUnary(transport, "x", inTime(10_000));
  assert.equal(call.status.code, Code.OK, call.status.message);
  assert.ok(call.messages[0] === bytes.toString());
});

/** A server that answers with one message in DATA of growing sizes, as the windows allow. */
async function pieces(t: TestContext, bytes: Buffer): Promise<string> {
  const server = createServer();
  server.on("stream", (stream: ServerHttp2Stream) => {
    stream.on("error", () => undefined);
    stream.resume();
    stream.respond(
      { ":status": 200, "content-type": "application/grpc" },
      { waitForTrailers: true },
    );
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(bytes.length, 1);
    for (const byte of prefix) stream.write(Buffer.from([byte]));
    for (let at = 0, size = 1; at < bytes.length; at += size, size = Math.min(2 * size, 50_001)) {
      stream.write(bytes.subarray(at, at + size));
      if (at + size >= bytes.length) break;
    }
    stream.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
