import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BulkheadSettings } from "fastify-grpc-policies";
import {
  type CallHandle,
  Code,
  codeName,
  type Gauge,
  type Status,
  type Transport,
  type TransportCall,
} from "grpc-transcoding";
import { readBulkhead } from "../../src/bulkhead/bulkhead-settings.ts";
import { type BulkheadHost, Bulkheads } from "../../src/bulkhead/bulkheads.ts";

const ok: Status = { code: Code.OK, message: "", details: [] };
// Of a stream of requests, which has its place from its start on.
const method = { path: "/shop.v1.Shop/Fill", clientStreaming: true, serverStreaming: false };
const silent: BulkheadHost = { registry: { addGauge: () => () => {} }, onError() {} };

/** An upstream that tells which calls run, behind a bulkhead. */
function upstream(t: TestContext, settings: BulkheadSettings) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const running = new Map<string, () => void>();
  const seen: string[] = [];
  const next: Transport = {
    start(call, receiver) {
      const end = (status: Status) => {
        if (running.delete(call.peer)) receiver.onStatus(status, []);
      };
      running.set(call.peer, () => end(ok));
      const note = (act: string) => void seen.push(`${call.peer} ${act}`);
      return {
        send: (bytes, onAccepted) => {
          note(`send ${bytes}`);
          onAccepted?.();
        },
        halfClose: () => note("halfClose"),
        read: () => note("read"),
        cancel: (status) => end(status),
      };
    },
  };
  const gauges: Gauge[] = [];
  const addGauge = (gauge: Gauge) => {
    gauges.push(gauge);
    return () => void gauges.splice(gauges.indexOf(gauge), 1);
  };
  const bulkheads = new Bulkheads(
    { registry: { addGauge }, onError() {} },
    readBulkhead(settings, "bulkhead"),
  );
  const transport = bulkheads.interceptor("shop")(next);
  const ends = new Map<string, string>();
  const start = (peer: string, call: Partial<TransportCall> = {}): CallHandle =>
    transport.start(
      {
        method,
        metadata: [],
        deadline: { at: Number.POSITIVE_INFINITY, source: "gateway" },
        peer,
        timing: {},
        ...call,
      },
      {
        onHeaders() {},
        onMessage() {},
        onStatus: ({ code }) => void ends.set(peer, codeName(code)),
      },
    );
  const told = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { start, running, seen, ends, gauges, bulkheads, transport, told };
}

test("calls over the bound wait for their turn, in their order, and those that find no room are refused", async (t) => {
  const { start, running, ends, told } = upstream(t, { maxConcurrent: 2, maxPending: 2 });
  for (const peer of ["a", "b", "c", "d", "e"]) start(peer);
  await told();
  assert.deepEqual([...running.keys()], ["a", "b"]);
  assert.deepEqual([...ends], [["e", "UNAVAILABLE"]]);
  running.get("b")?.();
  assert.deepEqual([...running.keys()], ["a", "c"]);
  running.get("a")?.();
  running.get("c")?.();
  assert.deepEqual([...running.keys()], ["d"]);
  running.get("d")?.();
  start("f");
  assert.deepEqual([...running.keys()], ["f"]);
});

test("what the caller of a waiting call does reaches the upstream in its order; no message is accepted before", (t) => {
  const { start, running, seen } = upstream(t, { maxConcurrent: 1 });
  start("a");
  const waiting = start("b");
  let accepted = 0;
  waiting.read();
  waiting.send(Buffer.from("1"), () => {
    accepted += 1;
  });
  waiting.halfClose();
  assert.deepEqual([seen, accepted], [[], 0]);
  running.get("a")?.();
  assert.deepEqual([seen, accepted], [["b read", "b send 1", "b halfClose"], 1]);
  waiting.read();
  assert.equal(seen.at(-1), "b read");
});

test("a call that has waited too long is refused, by its deadline where that comes first", async (t) => {
  const { start, ends, told, gauges } = upstream(t, { maxConcurrent: 1, maxWaitMs: 500 });
  start("a");
  start("b");
  start("c", { deadline: { at: Date.now() + 200, source: "client" } });
  t.mock.timers.tick(200);
  await told();
  assert.deepEqual([...ends], [["c", "DEADLINE_EXCEEDED"]]);
  t.mock.timers.tick(300);
  await told();
  assert.deepEqual([...ends].at(-1), ["b", "UNAVAILABLE"]);
  assert.deepEqual(
    gauges.map(({ name, read }) => [name, read()]),
    [
      ["grpc_bulkhead_running", 1],
      ["grpc_bulkhead_pending", 0],
    ],
  );
});

test("a waiting call that is cancelled ends once and never runs; one that runs is cancelled where it runs", async (t) => {
  const { start, running, ends, told } = upstream(t, { maxConcurrent: 1 });
  start("a");
  const waiting = start("b");
  const cancelled: Status = { code: Code.CANCELLED, message: "", details: [] };
  waiting.cancel(cancelled);
  waiting.cancel({ ...cancelled, code: Code.ABORTED });
  await told();
  assert.equal(ends.get("b"), "CANCELLED");
  const later = start("c");
  running.get("a")?.();
  assert.deepEqual([...running.keys()], ["c"]);
  later.cancel(cancelled);
  assert.equal(ends.get("c"), "CANCELLED");
  assert.equal(running.size, 0);
});

test("many calls that end as soon as they run do not stand on one stack", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const next: Transport = {
    start: (_call, receiver) => ({
      send() {},
      halfClose: () => receiver.onStatus(ok, []),
      read() {},
      cancel() {},
    }),
  };
  const settings = readBulkhead({ maxConcurrent: 1, maxPending: 100_000 }, "bulkhead");
  const transport = new Bulkheads(silent, settings).interceptor("shop")(next);
  let ended = 0;
  const receiver = {
    onHeaders() {},
    onMessage() {},
    onStatus() {
      ended += 1;
    },
  };
  const deadline = { at: Number.POSITIVE_INFINITY, source: "gateway" } as const;
  const call = { method, metadata: [], deadline, peer: "", timing: {} };
  const [running, ...waiting] = Array.from({ length: 50_000 }, () =>
    transport.start(call, receiver),
  );
  for (const one of waiting) one.halfClose();
  assert.equal(ended, 0);
  running?.halfClose();
  assert.equal(ended, 50_000);
});

test("a call that starts while room is given to those that wait stands behind them", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const started: string[] = [];
  const next: Transport = {
    start({ peer }, receiver) {
      started.push(peer);
      return { send() {}, halfClose: () => receiver.onStatus(ok, []), read() {}, cancel() {} };
    },
  };
  const settings = readBulkhead({ maxConcurrent: 1 }, "bulkhead");
  const transport = new Bulkheads(silent, settings).interceptor("shop")(next);
  const start = (peer: string, onStatus: () => void = () => {}): CallHandle =>
    transport.start(
      { method, metadata: [], deadline: { at: 1e15, source: "gateway" }, peer, timing: {} },
      { onHeaders() {}, onMessage() {}, onStatus },
    );
  const first = start("first");
  start("second", () => start("late")).halfClose();
  start("third");
  first.halfClose();
  assert.deepEqual(started, ["first", "second", "third"]);
});

test("a call that cannot be started leaves its room, and those that wait learn of it", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let isBroken = true;
  const running: (() => void)[] = [];
  const next: Transport = {
    start(_call, receiver) {
      if (isBroken) throw new Error("a broken interceptor");
      running.push(() => receiver.onStatus(ok, []));
      return { send() {}, halfClose() {}, read() {}, cancel() {} };
    },
  };
  const settings = readBulkhead({ maxConcurrent: 1 }, "bulkhead");
  const transport = new Bulkheads(silent, settings).interceptor("shop")(next);
  const codes: string[] = [];
  const start = (): CallHandle =>
    transport.start(
      { method, metadata: [], deadline: { at: 1e15, source: "gateway" }, peer: "", timing: {} },
      { onHeaders() {}, onMessage() {}, onStatus: ({ code }) => void codes.push(codeName(code)) },
    );
  for (let i = 0; i < 3; i += 1) assert.throws(start, /broken/);
  isBroken = false;
  start();
  const waiting = [start(), start()];
  isBroken = true;
  running.pop()?.();
  for (const one of waiting) one.halfClose();
  await new Promise<void>((resolve) => setImmediate(resolve));
  assert.deepEqual(codes, ["OK", "INTERNAL", "INTERNAL"]);
  isBroken = false;
  start();
  assert.equal(running.length, 1);
});

test("tenants and methods have compartments of their own where that is wanted", (t) => {
  const { start, running } = upstream(t, { maxConcurrent: 1, by: ["tenant", "method"] });
  start("a", { tenant: "acme" });
  start("b", { tenant: "acme" });
  start("c", { tenant: "pay" });
  start("d", { tenant: "acme", method: { ...method, path: "/shop.v1.Shop/Watch" } });
  assert.deepEqual([...running.keys()], ["a", "c", "d"]);
});

test("methods that it is not for run as they like", (t) => {
  const { start, running } = upstream(t, { maxConcurrent: 1, methods: ["shop.v1.Shop/Watch"] });
  for (const peer of ["a", "b"]) start(peer);
  for (const peer of ["c", "d"])
    start(peer, { method: { ...method, path: "/shop.v1.Shop/Watch" } });
  assert.deepEqual([...running.keys()], ["a", "b", "c"]);
});

test("new settings hold at once, for calls that wait as well", (t) => {
  const { start, running, bulkheads, gauges, transport } = upstream(t, { maxConcurrent: 1 });
  for (const peer of ["a", "b", "c", "d"]) start(peer);
  bulkheads.settings = readBulkhead({ maxConcurrent: 2 }, "bulkhead");
  assert.deepEqual([...running.keys()], ["a", "b"]);
  bulkheads.settings = undefined;
  assert.deepEqual([...running.keys()], ["a", "b", "c", "d"]);
  bulkheads.settings = readBulkhead({ maxConcurrent: 5 }, "bulkhead");
  for (const peer of ["e", "f"]) start(peer);
  transport.close?.();
  assert.equal(gauges.length, 0);
});
