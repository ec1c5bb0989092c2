import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { constants } from "node:http2";
import { test } from "node:test";
import { OpenSockets } from "../../src/closing/open-sockets.ts";
import { Http2Sessions } from "../../src/one-port/http2-sessions.ts";
import { ResetGuard } from "../../src/one-port/reset-guard.ts";

const limits = { maxPrematureResets: 3, prematureResetMs: 100 };

test("as many young resets as the limit says are too many", () => {
  const guard = new ResetGuard(limits);
  assert.deepEqual(
    [1, 2, 3].map((at) => guard.countReset(0, at)),
    [false, false, true],
  );
});

test("a stream that lived its time is no premature reset", () => {
  const guard = new ResetGuard(limits);
  for (let i = 0; i < 10; i++) assert.equal(guard.countReset(0, 100), false);
  assert.equal(guard.countReset(0, 99), false);
  assert.equal(guard.countReset(0, 99), false);
  assert.equal(guard.countReset(0, 99), true);
});

test("a stream that is served makes up for one reset, but saves up for none", () => {
  const guard = new ResetGuard(limits);
  for (let i = 0; i < 10; i++) guard.countServed();
  for (let i = 0; i < 10; i++) {
    assert.equal(guard.countReset(0, 1), false);
    guard.countServed();
  }
  assert.deepEqual(
    [2, 3, 4].map((at) => guard.countReset(0, at)),
    [false, false, true],
  );
});

test("resets of a second ago are forgotten", () => {
  const guard = new ResetGuard(limits);
  for (let second = 0; second < 5; second++) {
    const now = second * 1_001 + 1_001;
    assert.equal(guard.countReset(now, now), false);
    assert.equal(guard.countReset(now, now), false);
  }
});

/** As much of a session and its streams as Http2Sessions touches. */
class FakeSession extends EventEmitter {
  destroyed = false;
  closed = false;
  code: number | undefined;
  destroy(_error?: Error, code?: number): void {
    this.destroyed = true;
    this.code = code;
  }
  close(): void {
    this.closed = true;
  }
}

function fakeStream(session: FakeSession, rstCode: number, headersSent = false): EventEmitter {
  return Object.assign(new EventEmitter(), { session, rstCode, headersSent });
}

function resetStreams(
  sessions: Http2Sessions,
  session: FakeSession,
  count: number,
  headersSent = false,
): boolean[] {
  return Array.from({ length: count }, () => {
    const stream = fakeStream(session, constants.NGHTTP2_CANCEL, headersSent);
    const taken = sessions.watch(stream as never, true);
    stream.emit("close");
    return taken;
  });
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a session with too many resets is destroyed outside its events, and gets no work until then", async () => {
  const sessions = new Http2Sessions({ ...limits, sessionIdleMs: 0 }, 0, new OpenSockets());
  const session = new FakeSession();
  sessions.add(session as never);
  assert.deepEqual(resetStreams(sessions, session, 5), [true, true, true, false, false]);
  assert.equal(session.destroyed, false, "not inside the stream's close event");
  await turn();
  assert.equal(session.destroyed, true);
  assert.equal(session.code, constants.NGHTTP2_ENHANCE_YOUR_CALM);
});

test("resets of streams that had begun to answer are not counted", async () => {
  const sessions = new Http2Sessions({ ...limits, sessionIdleMs: 0 }, 0, new OpenSockets());
  const session = new FakeSession();
  sessions.add(session as never);
  resetStreams(sessions, session, 20, true);
  await turn();
  assert.equal(session.destroyed, false);
});

test("a session that comes while the app closes is told so outside its own event", async () => {
  const sessions = new Http2Sessions({ ...limits, sessionIdleMs: 0 }, 0, new OpenSockets());
  const early = new FakeSession();
  sessions.add(early as never);
  sessions.beginClose();
  const late = new FakeSession();
  sessions.add(late as never);
  assert.deepEqual([early.closed, late.closed], [false, false]);
  await turn();
  assert.deepEqual([early.closed, late.closed], [true, true]);
});

test("a session that was destroyed and whose socket stays has it cut", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const sockets = new OpenSockets();
  const server = new EventEmitter();
  sockets.watch(server);
  const cut: string[] = [];
  const socketOf = (remotePort: number) =>
    Object.assign(new EventEmitter(), {
      remoteAddress: "192.0.2.1",
      remotePort,
      destroy: () => void cut.push(`${remotePort}`),
    });
  const sessions = new Http2Sessions({ ...limits, sessionIdleMs: 0 }, 0, sockets);
  const stuck = Object.assign(new FakeSession(), { socket: socketOf(1) });
  const living = Object.assign(new FakeSession(), { socket: socketOf(2) });
  for (const session of [stuck, living]) {
    server.emit("connection", session.socket);
    sessions.add(session as never);
  }
  stuck.destroy();
  t.mock.timers.tick(2_000);
  assert.deepEqual(cut, [], "its socket may still be closing");
  t.mock.timers.tick(2_000);
  assert.deepEqual(cut, ["1"]);
  stuck.emit("close");
  living.emit("close");
  assert.equal(sessions.size, 0);
});
