import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, transportStatus } from "grpc-transcoding";
import { callUnary, startCall } from "grpc-transcoding/testing";
import { flag, frame, frameType, setting, settingsFrame, word } from "../frames/frame-bytes.ts";
import {
  answer,
  answerHead,
  message,
  type RawPeer,
  RawServer,
  trailers,
} from "../frames/raw-server.ts";
import { honest, inTime, keptBytes, transportTo } from "./hostile-test.ts";

const cancelled = transportStatus(Code.CANCELLED, "enough");
const pong = ({ type, flags }: { type: number; flags: number }): boolean =>
  type === frameType.ping && (flags & flag.ack) !== 0;
const isReset = ({ type }: { type: number }): boolean => type === frameType.rstStream;
const ping = frame(frameType.ping, 0, 0, Buffer.alloc(8));

function windowUpdate(stream: number, bytes: number): Buffer {
  return frame(frameType.windowUpdate, 0, stream, word(bytes));
}

/** Bytes of DATA that came so far. */
function dataBytes(peer: RawPeer): number {
  const data = peer.frames.filter(({ type }) => type === frameType.data);
  return data.reduce((sum, { payload }) => sum + payload.length, 0);
}

/** Resolves once all that the client had to say before has come. */
async function quiet(peer: RawPeer): Promise<void> {
  await peer.send(ping);
  await peer.next(pong);
}

async function received(peer: RawPeer, bytes: number): Promise<void> {
  while (dataBytes(peer) < bytes) await peer.next(({ type }) => type === frameType.data);
}

test("a window of 0 for ever ends calls by their deadline, and nothing is sent", async (t) => {
  const server = await RawServer.listen(t, (peer) => peer.greet([setting.initialWindowSize, 0]));
  const transport = transportTo(t, server.target);
  const call = await callUnary(transport, "hello", inTime(150));
  assert.equal(call.status.code, Code.DEADLINE_EXCEEDED);
  const [peer] = server.peers as [RawPeer];
  await peer.next(({ type }) => type === frameType.rstStream);
  assert.equal(dataBytes(peer), 0);
});

test("a connection's window that is never enlarged is used to its end, and no further", async (t) => {
  const server = await RawServer.listen(t, (peer) =>
    peer.greet([setting.initialWindowSize, 1_000_000]),
  );
  const transport = transportTo(t, server.target);
  const [one, two] = await Promise.all([
    callUnary(transport, Buffer.alloc(100_000), inTime(200)),
    callUnary(transport, Buffer.alloc(100_000), inTime(200)),
  ]);
  assert.equal(one.status.code, Code.DEADLINE_EXCEEDED);
  assert.equal(two.status.code, Code.DEADLINE_EXCEEDED);
  assert.equal(dataBytes(server.peers[0] as RawPeer), 65_535);
});

test("a window that SETTINGS change in mid-flight, below zero too, is kept to the byte", async (t) => {
  const server = await RawServer.listen(t, async (peer) => {
    await peer.greet([setting.initialWindowSize, 10]);
    const id = await peer.head();
    await received(peer, 10);
    await peer.send(settingsFrame([setting.initialWindowSize, 0]), windowUpdate(id, 10));
    await quiet(peer);
    assert.equal(dataBytes(peer), 10, "a window of 0");
    await peer.send(windowUpdate(id, 5));
    await quiet(peer);
    assert.equal(dataBytes(peer), 15);
    await peer.send(settingsFrame([setting.initialWindowSize, 7], [setting.initialWindowSize, 8]));
    await quiet(peer);
    assert.equal(dataBytes(peer), 23, "the last of two values");
    await peer.send(settingsFrame([setting.initialWindowSize, 2 ** 31 - 1]));
    await received(peer, 35);
    await peer.send(answer(id, "x"));
  });
  const call = await callUnary(transportTo(t, server.target), Buffer.alloc(30), inTime(2000));
  assert.equal(call.status.code, Code.OK, call.status.message);
});

test("a window that SETTINGS lift beyond 2^31-1 ends the connection", async (t) => {
  const server = await RawServer.listen(t, async (peer) => {
    await peer.greet([setting.initialWindowSize, 10]);
    await peer.send(windowUpdate(await peer.head(), 1000));
    await peer.send(settingsFrame([setting.initialWindowSize, 2 ** 31 - 1]));
  });
  const call = await callUnary(transportTo(t, server.target), "hello", inTime(2000));
  assert.equal(call.status.code, Code.UNAVAILABLE);
});

test("frames are as large as the server says, now and later", async (t) => {
  const sizes: number[][] = [];
  const server = await RawServer.listen(t, async (peer) => {
    await peer.greet([setting.initialWindowSize, 1_000_000]);
    await peer.send(windowUpdate(0, 10_000_000));
    for (const size of [65_536, 16_384, 16_384]) {
      const from = peer.frames.length;
      const id = await peer.request();
      const data = peer.frames.slice(from).filter(({ type }) => type === frameType.data);
      sizes.push(data.map(({ payload }) => payload.length));
      await peer.send(settingsFrame([setting.maxFrameSize, size]), answer(id, "x"));
    }
  });
  const transport = transportTo(t, server.target);
  for (let round = 0; round < 3; round++) {
    const call = await callUnary(transport, Buffer.alloc(200_000), inTime(2000));
    assert.equal(call.status.code, Code.OK, call.status.message);
  }
  const [first = [], second = [], third = []] = sizes.map((one) => Math.max(...one));
  assert.deepEqual([first, second, third], [16_384, 65_536, 16_384]);
});

test("metadata of more than a frame goes in CONTINUATION, in one piece", async (t) => {
  const server = await RawServer.listen(t, honest);
  const transport = transportTo(t, server.target);
  const metadata = [["x-long", "y".repeat(40_000)]] as const;
  const call = await callUnary(transport, "hello", { metadata, ...inTime(2000) });
  assert.equal(call.status.code, Code.OK, call.status.message);
  const [peer] = server.peers as [RawPeer];
  const types = peer.frames.map(({ type }) => type);
  const at = types.indexOf(frameType.headers);
  assert.deepEqual(types.slice(at, at + 4), [1, 9, 9, 0]);
});

test("with room for no call, calls wait until there is some, and then run as many as may", async (t) => {
  let open = 0;
  let most = 0;
  const server = await RawServer.listen(t, async (peer) => {
    await peer.greet([setting.maxConcurrentStreams, 0]);
    await quiet(peer);
    assert.ok(!peer.frames.some(({ type }) => type === frameType.headers));
    await peer.send(settingsFrame([setting.maxConcurrentStreams, 2]));
    for (let calls = 0; calls < 9; calls++) {
      const id = await peer.request();
      open++;
      most = Math.max(most, open);
      setTimeout(() => {
        open--;
        void peer.send(answer(id, "x"));
      }, 5);
    }
  });
  const transport = transportTo(t, server.target, { maxConnections: 1 });
  const calls = await Promise.all(
    Array.from({ length: 9 }, () => callUnary(transport, "hello", inTime(3000))),
  );
  for (const { status } of calls) assert.equal(status.code, Code.OK, status.message);
  assert.equal(most, 2);
});

test("room that the server takes back in mid-flight leaves the calls that run", async (t) => {
  const server = await RawServer.listen(t, async (peer) => {
    await peer.greet();
    const one = await peer.request();
    await peer.send(settingsFrame([setting.maxConcurrentStreams, 0]), answerHead(one));
    await quiet(peer);
    await peer.send(message(one, Buffer.from("x")), trailers(one));
  });
  const transport = transportTo(t, server.target, { maxConnections: 1 });
  const call = await callUnary(transport, "hello", inTime(2000));
  assert.equal(call.status.code, Code.OK, call.status.message);
  const late = await callUnary(transport, "hello", inTime(100));
  assert.equal(late.status.code, Code.DEADLINE_EXCEEDED);
});

for (const [what, payload] of [
  ["large messages", Buffer.alloc(10_000)],
  ["empty messages", Buffer.alloc(0)],
] as const) {
  test(`${what} beyond a call's window end it, and the connection lives`, async (t) => {
    const server = await RawServer.listen(t, async (peer) => {
      await peer.greet();
      const id = await peer.request();
      await peer.send(answerHead(id));
      const bytes = 5 + payload.length;
      const one = message(id, payload);
      const few = Math.ceil(1000 / bytes);
      for (let sent = 0; !peer.frames.some(isReset); sent += few * bytes) {
        assert.ok(sent < 300_000, "it never ends");
        if (sent > 200_000) await quiet(peer);
        await peer.send(Buffer.concat(Array(few).fill(one)));
      }
      const reset = peer.frames.find(isReset);
      assert.equal(reset?.payload.readUInt32BE(), 3);
      await peer.send(answer(await peer.request(), "x"));
    });
    const transport = transportTo(t, server.target);
    const unread = startCall(transport, "ServerStream", { reading: false });
    unread.handle.send(Buffer.from("go"));
    unread.handle.halfClose();
    while (server.peers[0]?.frames.some(isReset) !== true) await new Promise(setImmediate);
    const call = await callUnary(transport, "hello", inTime(2000));
    assert.equal(call.status.code, Code.OK, call.status.message);
    assert.equal(server.peers.length, 1);
    unread.handle.cancel(cancelled);
    await unread.ended;
  });
}

test("what was on its way to a call that was cancelled harms no other", async (t) => {
  const server = await RawServer.listen(t, async (peer) => {
    await peer.greet();
    const id = await peer.request();
    await peer.send(answerHead(id));
    await peer.next(isReset);
    // As much as the window of the call had room for, in as many frames as that can be.
    await peer.send(Buffer.concat(Array(10_000).fill(message(id, Buffer.alloc(10)))));
    await peer.send(answer(await peer.request(), "x"));
  });
  const transport = transportTo(t, server.target);
  const stream = startCall(transport, "ServerStream");
  stream.handle.send(Buffer.from("go"));
  stream.handle.halfClose();
  while (stream.headers === undefined) await new Promise(setImmediate);
  stream.handle.cancel(cancelled);
  const call = await callUnary(transport, "hello", inTime(2000));
  assert.equal(call.status.code, Code.OK, call.status.message);
  assert.equal(server.peers.length, 1);
});

test("a call that was cancelled unsent does not end the connection of another at GOAWAY", async (t) => {
  let goAway = (): void => undefined;
  const server = await RawServer.listen(t, async (peer) => {
    await peer.greet([setting.initialWindowSize, 2 ** 30]);
    await peer.send(windowUpdate(0, 2 ** 30));
    const id = await peer.head();
    peer.socket.pause();
    await new Promise<void>((resolve) => {
      goAway = resolve;
    });
    const last = Buffer.concat([word(id), word(0)]);
    await peer.send(frame(frameType.goaway, 0, 0, last), answerHead(id));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await peer.send(message(id, Buffer.from("x")), trailers(id));
  });
  const transport = transportTo(t, server.target, { maxRequestBytes: -1 });
  const upload = startCall(transport, "ClientStream", inTime(3000));
  // More than the kernel takes, so that the next call stays unsent.
  upload.handle.send(Buffer.alloc(32 * 1024 * 1024));
  while (server.peers[0]?.socket.isPaused() !== true) await new Promise(setImmediate);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const unsent = startCall(transport, "Unary");
  unsent.handle.cancel(cancelled);
  await unsent.ended;
  goAway();
  await upload.ended;
  assert.equal(upload.status.code, Code.OK, upload.status.message);
});

test("a long call on a connection that goes away leaves room for another connection", async (t) => {
  let isFirst = true;
  const server = await RawServer.listen(t, async (peer) => {
    if (!isFirst) return honest(peer);
    isFirst = false;
    await peer.greet();
    const id = await peer.request();
    await peer.send(
      answerHead(id),
      frame(frameType.goaway, 0, 0, Buffer.concat([word(id), word(0)])),
    );
  });
  const transport = transportTo(t, server.target, { maxConnections: 1 });
  const long = startCall(transport, "ServerStream");
  long.handle.send(Buffer.from("go"));
  long.handle.halfClose();
  while (long.headers === undefined) await new Promise(setImmediate);
  const call = await callUnary(transport, "hello", inTime(1000));
  assert.equal(call.status.code, Code.OK, call.status.message);
  assert.ok(!long.reports.includes("status"));
  long.handle.cancel(cancelled);
  await long.ended;
});

test("calls that ended while the server read nothing are not kept", async (t) => {
  const server = await RawServer.listen(t, async (peer) => {
    await peer.greet([setting.initialWindowSize, 2 ** 30]);
    await peer.send(windowUpdate(0, 2 ** 30));
    await peer.head();
    peer.socket.pause();
  });
  const transport = transportTo(t, server.target, { maxRequestBytes: -1 });
  const upload = startCall(transport, "ClientStream");
  upload.handle.send(Buffer.alloc(32 * 1024 * 1024));
  while (server.peers[0]?.socket.isPaused() !== true) await new Promise(setImmediate);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const cancelMany = async (): Promise<void> => {
    for (let calls = 0; calls < 20_000; calls++) {
      const call = transport.start(
        {
          method: { path: "/a.B/C", clientStreaming: false, serverStreaming: false },
          metadata: [["x-some", `of ${calls}`]],
          deadline: { at: Number.POSITIVE_INFINITY, source: "gateway" },
          peer: "192.0.2.7:1",
          timing: {},
        },
        { onHeaders: () => undefined, onMessage: () => undefined, onStatus: () => undefined },
      );
      call.send(Buffer.alloc(10));
      call.cancel(cancelled);
      if (calls % 1000 === 0) await new Promise(setImmediate);
    }
  };
  await cancelMany();
  const before = await keptBytes();
  await cancelMany();
  const growth = (await keptBytes()) - before;
  assert.ok(growth < 2_000_000, `${growth} bytes more`);
  upload.handle.cancel(cancelled);
  await upload.ended;
});
