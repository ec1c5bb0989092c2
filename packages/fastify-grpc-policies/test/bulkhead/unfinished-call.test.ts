import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BulkheadSettings } from "fastify-grpc-policies";
import {
  type CallHandle,
  Code,
  codeName,
  type Status,
  type Transport,
  type TransportCall,
} from "grpc-transcoding";
import { readBulkhead } from "../../src/bulkhead/bulkhead-settings.ts";
import { Bulkheads } from "../../src/bulkhead/bulkheads.ts";

const ok: Status = { code: Code.OK, message: "", details: [] };
const cancelled: Status = { code: Code.CANCELLED, message: "", details: [] };
const unary = { path: "/shop.v1.Shop/Buy", clientStreaming: false, serverStreaming: false };

/** An upstream that tells what reaches it, behind a bulkhead of one place. */
function upstream(t: TestContext, settings: Partial<BulkheadSettings> = {}) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const seen: string[] = [];
  const ended: string[] = [];
  const errors: unknown[] = [];
  const running: (() => void)[] = [];
  let broken: Error | undefined;
  const next: Transport = {
    start({ peer }, receiver) {
      if (broken) throw broken;
      seen.push(`${peer} start`);
      running.push(() => receiver.onStatus(ok, []));
      return {
        send: (bytes, onAccepted) => {
          seen.push(`${peer} send ${bytes}`);
          onAccepted?.();
        },
        halfClose: () => void seen.push(`${peer} halfClose`),
        read: () => void seen.push(`${peer} read`),
        cancel: (status) => receiver.onStatus(status, []),
      };
    },
  };
  const bulkheads = new Bulkheads(
    { registry: { addGauge: () => () => {} }, onError: (error) => errors.push(error) },
    readBulkhead({ maxConcurrent: 1, maxPending: 0, ...settings }, "bulkhead"),
  );
  const transport = bulkheads.interceptor("shop")(next);
  const start = (peer: string, call: Partial<TransportCall> = {}): CallHandle =>
    transport.start(
      {
        method: unary,
        metadata: [],
        deadline: { at: Number.POSITIVE_INFINITY, source: "client" },
        peer,
        timing: {},
        ...call,
      },
      {
        onHeaders() {},
        onMessage() {},
        onStatus: ({ code }) => void ended.push(`${peer} ${codeName(code)}`),
      },
    );
  const told = () => new Promise<void>((resolve) => setImmediate(resolve));
  const breakIt = (error: Error) => {
    broken = error;
  };
  return { start, seen, ended, errors, running, bulkheads, told, breakIt };
}

test("a call whose request is not complete has no place: it starts when it is, and all is told in its order", (t) => {
  const { start, seen, running } = upstream(t);
  const slow = start("slow");
  slow.read();
  slow.send(Buffer.from("1"));
  start("quick").halfClose();
  assert.deepEqual(seen, ["quick start", "quick halfClose"]);
  running.pop()?.();
  slow.halfClose();
  slow.read();
  assert.deepEqual(seen.slice(2), [
    "slow start",
    "slow read",
    "slow send 1",
    "slow halfClose",
    "slow read",
  ]);
});

test("a call that finds no room when its request is complete is refused, or waits", async (t) => {
  const { start, seen, ended, running, told } = upstream(t, { maxPending: 1 });
  for (const peer of ["a", "b", "c"]) start(peer).halfClose();
  await told();
  assert.deepEqual([seen, ended], [["a start", "a halfClose"], ["c UNAVAILABLE"]]);
  running.pop()?.();
  assert.deepEqual(seen.slice(2), ["b start", "b halfClose"]);
});

test("messages of a call whose request is not complete are accepted, so that its end is seen; of many two are kept", async (t) => {
  const { start, seen, told } = upstream(t);
  const call = start("a");
  let accepted = 0;
  for (const text of ["1", "2", "3"]) {
    call.send(Buffer.from(text), () => {
      accepted += 1;
    });
  }
  await told();
  assert.equal(accepted, 3);
  call.halfClose();
  assert.deepEqual(seen, ["a start", "a send 1", "a send 2", "a halfClose"]);
});

test("a call whose request is never complete ends by its deadline, or when it is cancelled, and once", async (t) => {
  const { start, seen, ended, told } = upstream(t);
  const late = start("late", { deadline: { at: Date.now() + 200, source: "client" } });
  start("endless", { deadline: { at: Date.now() + 1e11, source: "client" } });
  const gone = start("gone");
  gone.cancel(cancelled);
  gone.halfClose();
  t.mock.timers.tick(199);
  await told();
  assert.deepEqual(ended, ["gone CANCELLED"]);
  t.mock.timers.tick(1);
  late.halfClose();
  late.cancel(cancelled);
  await told();
  assert.deepEqual([seen, ended], [[], ["gone CANCELLED", "late DEADLINE_EXCEEDED"]]);
});

test("a deadline that passes once the call runs is for the upstream to see", async (t) => {
  const { start, ended, told } = upstream(t);
  start("a", { deadline: { at: Date.now() + 200, source: "client" } }).halfClose();
  t.mock.timers.tick(300);
  await told();
  assert.deepEqual(ended, []);
});

test("a call that cannot be started when its request is complete ends, and the log has the reason", async (t) => {
  const { start, ended, errors, told, breakIt } = upstream(t);
  const error = new Error("a broken interceptor");
  breakIt(error);
  for (const peer of ["a", "b"]) start(peer).halfClose();
  await told();
  assert.deepEqual(ended, ["a INTERNAL", "b INTERNAL"]);
  assert.deepEqual(errors, [error, error]);
});

test("settings that change while a request is not complete hold for it", (t) => {
  const { start, seen, bulkheads } = upstream(t);
  start("a").halfClose();
  const call = start("b");
  bulkheads.settings = undefined;
  call.halfClose();
  assert.deepEqual(seen.slice(2), ["b start", "b halfClose"]);
});
