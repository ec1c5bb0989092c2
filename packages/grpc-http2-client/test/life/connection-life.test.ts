import assert from "node:assert/strict";
import { constants } from "node:http2";
import { test } from "node:test";
import { Code } from "grpc-transcoding";
import { callUnary, startCall } from "grpc-transcoding/testing";
import { frameType } from "../frames/frame-bytes.ts";
import { answer, RawServer } from "../frames/raw-server.ts";
import { echoServer, transportTo, until } from "./echo-server.ts";

const codeOf = async (call: ReturnType<typeof callUnary>) => (await call).status.code;

test("no call is lost while a server ends one session after the other", async (t) => {
  let answered = 0;
  const server = await echoServer(t, {
    answer(stream, echo) {
      answered += 1;
      if (answered % 20 === 0) stream.session?.close();
      setTimeout(echo, 1);
    },
  });
  const transport = transportTo(t, { target: server.target });
  const worker = async (): Promise<void> => {
    for (let i = 0; i < 30; i += 1) {
      const call = await callUnary(transport, "x");
      assert.equal(call.status.code, Code.OK, call.status.message);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  assert.ok(server.sessions.length > 5, `${server.sessions.length} sessions`);
  assert.equal(transport.liveCalls, 0);
});

test("a call above GOAWAY's last id moves to another connection, one below it stays", async (t) => {
  const held: (() => void)[] = [];
  const server = await echoServer(t, { answer: (_stream, echo) => void held.push(echo) });
  const transport = transportTo(t, { target: server.target });
  const first = callUnary(transport, "first");
  await until(() => server.calls.length === 1);
  const second = callUnary(transport, "second");
  await until(() => held.length === 2);
  server.sessions[0]?.goaway(constants.NGHTTP2_NO_ERROR, 1);
  await until(() => held.length === 3);
  assert.equal(server.sessions.length, 2);
  for (const echo of held) echo();
  assert.deepEqual((await first).messages, ["first"]);
  assert.deepEqual((await second).messages, ["second"]);
});

test("a refused stream is tried once more, and no more", async (t) => {
  let refusals = 1;
  const server = await echoServer(t, {
    answer(stream, echo) {
      refusals -= 1;
      if (refusals < 0) return echo();
      stream.end = () => stream;
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
    },
  });
  const transport = transportTo(t, { target: server.target });
  const call = await callUnary(transport, "again");
  assert.deepEqual(call.messages, ["again"]);
  assert.equal(server.calls.length, 2);
  refusals = Number.POSITIVE_INFINITY;
  const refused = await callUnary(transport, "x");
  assert.equal(refused.status.code, Code.UNAVAILABLE);
  assert.equal(refused.status.message, "the upstream takes no more calls at present");
  assert.equal(server.calls.length, 4);
});

test("a stream whose answer has begun is never begun again", async (t) => {
  const server = await echoServer(t, {
    answer(stream) {
      stream.respond({ ":status": 200, "content-type": "application/grpc" });
      stream.end = () => stream;
      setTimeout(() => stream.close(constants.NGHTTP2_REFUSED_STREAM), 10);
    },
  });
  const call = await callUnary(transportTo(t, { target: server.target }), "x");
  assert.equal(call.status.code, Code.UNAVAILABLE);
  assert.equal(server.calls.length, 1);
});

test("where the server limits a connection's calls, more connections are opened", async (t) => {
  const held: (() => void)[] = [];
  const server = await echoServer(t, {
    http2: { settings: { maxConcurrentStreams: 2 } },
    answer: (_stream, echo) => void held.push(echo),
  });
  const transport = transportTo(t, { target: server.target });
  const calls = Array.from({ length: 6 }, () => callUnary(transport, "x"));
  await until(() => held.length === 6);
  assert.equal(server.sessions.length, 3);
  for (const echo of held) echo();
  assert.deepEqual(await Promise.all(calls.map(codeOf)), Array(6).fill(Code.OK));
});

test("where no more connections may be opened, calls wait for room", async (t) => {
  const held: (() => void)[] = [];
  const server = await echoServer(t, {
    http2: { settings: { maxConcurrentStreams: 2 } },
    answer: (_stream, echo) => void held.push(echo),
  });
  const transport = transportTo(t, { target: server.target, maxConnections: 1 });
  const calls = Array.from({ length: 5 }, () => callUnary(transport, "x"));
  const late = callUnary(transport, "x", {
    deadline: { at: Date.now() + 100, source: "client" },
  });
  await until(() => held.length === 2);
  assert.equal((await late).status.code, Code.DEADLINE_EXCEEDED);
  assert.equal(held.length, 2);
  for (let answered = 0; answered < 5; answered += 1) {
    await until(() => held.length > answered);
    held[answered]?.();
  }
  assert.deepEqual(await Promise.all(calls.map(codeOf)), Array(5).fill(Code.OK));
  assert.equal(server.sessions.length, 1);
});

test("an idle connection is closed, and the next call opens another", async (t) => {
  const server = await echoServer(t);
  const transport = transportTo(t, { target: server.target, idleMs: 40 });
  await callUnary(transport, "x");
  await until(() => server.sessions[0]?.closed === true || server.sessions[0]?.destroyed === true);
  assert.equal(await codeOf(callUnary(transport, "x")), Code.OK);
  assert.equal(server.sessions.length, 2);
});

test("a connection with a call is not idle", async (t) => {
  const held: (() => void)[] = [];
  const server = await echoServer(t, { answer: (_stream, echo) => void held.push(echo) });
  const transport = transportTo(t, { target: server.target, idleMs: 20 });
  const call = callUnary(transport, "x");
  await until(() => held.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const next = callUnary(transport, "y");
  await until(() => held.length === 2);
  assert.equal(server.sessions.length, 1);
  for (const echo of held) echo();
  assert.equal(await codeOf(next), Code.OK);
  assert.equal(await codeOf(call), Code.OK);
});

test("an old connection takes no more calls, and finishes those that it has", async (t) => {
  const held: (() => void)[] = [];
  let holding = true;
  const server = await echoServer(t, {
    answer: (_stream, echo) => void (holding ? held.push(echo) : echo()),
  });
  const transport = transportTo(t, { target: server.target, maxAgeMs: 40 });
  const old = callUnary(transport, "old");
  await until(() => held.length === 1);
  holding = false;
  await new Promise((resolve) => setTimeout(resolve, 80));
  assert.equal(await codeOf(callUnary(transport, "new")), Code.OK);
  assert.equal(server.sessions.length, 2);
  held[0]?.();
  assert.equal(await codeOf(old), Code.OK);
});

test("a server that does not answer a PING loses its calls", { timeout: 5_000 }, async (t) => {
  const reasons: string[] = [];
  const server = await RawServer.listen(t, async (peer) => {
    await peer.greet();
    await peer.head();
  });
  const transport = transportTo(t, {
    target: server.target,
    keepaliveMs: 30,
    keepaliveTimeoutMs: 50,
    onUnavailable: (reason) => reasons.push(reason),
  });
  const call = await callUnary(transport, "x");
  assert.equal(call.status.code, Code.UNAVAILABLE);
  assert.equal(call.status.message, "the connection to the upstream was lost");
  assert.match(reasons.join(), /a PING was not answered/);
});

test("a server that answers PINGs keeps its call", async (t) => {
  const held: (() => void)[] = [];
  const server = await echoServer(t, { answer: (_stream, echo) => void held.push(echo) });
  let pings = 0;
  const options = { target: server.target, keepaliveMs: 20, keepaliveTimeoutMs: 2_000 };
  const call = callUnary(transportTo(t, options), "x");
  await until(() => server.sessions.length === 1);
  server.sessions[0]?.on("ping", () => {
    pings += 1;
  });
  await until(() => pings >= 2 && held.length === 1);
  held[0]?.();
  assert.equal(await codeOf(call), Code.OK);
});

test("calls to a server that is not there fail at once until the next attempt, which finds it", async (t) => {
  const reasons: string[] = [];
  const first = await echoServer(t);
  const { port } = first;
  first.close();
  const transport = transportTo(t, {
    target: `127.0.0.1:${port}`,
    backoff: { initialMs: 150, maxMs: 150 },
    onUnavailable: (reason) => reasons.push(reason),
  });
  const begun = performance.now();
  for (let i = 0; i < 3; i += 1) {
    const call = await callUnary(transport, "x");
    assert.equal(call.status.message, "the upstream cannot be reached");
    assert.equal(call.origin, "transport");
  }
  assert.ok(performance.now() - begun < 100, "no call waited");
  assert.match(reasons.join(), new RegExp(`ECONNREFUSED.*:${port}`));
  const server = await echoServer(t, { listen: { port } });
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(await codeOf(callUnary(transport, "x")), Code.OK);
  assert.equal(server.sessions.length, 1);
});

test("a burst of cancels is reset at a pace that no server takes for an attack", async (t) => {
  const server = await RawServer.listen(t, (peer) => peer.greet());
  const transport = transportTo(t, { target: server.target });
  const isOf = (type: number) => (one: { type: number }) => one.type === type;
  const other = callUnary(transport, "other");
  await until(() => server.peers[0]?.frames.some(isOf(frameType.data)) === true);
  const begun = performance.now();
  const status = { code: Code.CANCELLED, message: "gone", details: [] };
  for (let burst = 0; burst < 15; burst += 1) {
    const calls = Array.from({ length: 100 }, () => {
      const call = startCall(transport, "Unary");
      call.handle.send(Buffer.from("x"));
      call.handle.halfClose();
      return call;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    for (const { handle } of calls) handle.cancel(status);
    await Promise.all(calls.map(({ ended }) => ended));
  }
  const most = 100 + 30 * ((performance.now() - begun) / 1000) + 1;
  for (const { frames } of server.peers) {
    const resets = frames.filter(isOf(frameType.rstStream)).length;
    assert.ok(resets <= most, `${resets} resets`);
  }
  await server.peers[0]?.send(answer(1, "other"));
  assert.deepEqual((await other).messages, ["other"]);
  assert.equal(transport.liveCalls, 0);
});
