import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { BreakerSettings } from "fastify-grpc-policies";
import {
  CallContext,
  type CallHandle,
  type CallOrigin,
  type CallReceiver,
  Code,
  type CodeName,
  type Gauge,
  loadSchema,
  type PolicyCall,
  type Transport,
  type TransportCall,
  transportClosed,
} from "grpc-transcoding";
import { readBreaker } from "../../src/breaker/breaker-settings.ts";
import { CircuitBreaker } from "../../src/breaker/circuit-breaker.ts";
import { loadOpossum } from "../../src/breaker/load-opossum.ts";
import { markNative } from "../../src/breaker/native-request.ts";

/** An upstream whose calls the test ends, with a breaker that opens with the first failure. */
async function upstream(
  t: TestContext,
  settings: BreakerSettings = { consecutiveFailures: 1 },
  clock: { now?: () => number } = { now: () => Date.now() },
) {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: 1_000_000 });
  const receivers: CallReceiver[] = [];
  const next: Transport = {
    start(_call, receiver) {
      receivers.push(receiver);
      return { send() {}, halfClose() {}, read() {}, cancel() {} };
    },
  };
  const gauges: Gauge[] = [];
  const breaker = new CircuitBreaker(
    {
      opossum: await loadOpossum(),
      onChange() {},
      ...clock,
      registry: {
        addGauge(gauge) {
          gauges.push(gauge);
          return () => gauges.splice(gauges.indexOf(gauge), 1);
        },
      },
    },
    readBreaker(settings, "circuitBreaker"),
  );
  t.after(() => breaker.close());
  const transport = breaker.interceptor("shop")(next);
  const start = (call: Partial<TransportCall> = {}): Started => {
    let code: number | undefined;
    let pushback: number | undefined;
    const handle = transport.start(
      {
        method: { path: "/shop.v1.Shop/Buy", clientStreaming: false, serverStreaming: false },
        metadata: [],
        deadline: { at: Date.now() + 30_000, source: "gateway" },
        peer: "",
        timing: {},
        ...call,
      },
      {
        onHeaders() {},
        onMessage() {},
        onStatus: (status, trailers) => {
          code = status.code;
          pushback = Number(new Map(trailers).get("grpc-retry-pushback-ms"));
        },
      },
    );
    const receiver = receivers.pop();
    return {
      handle,
      passed: receiver !== undefined,
      pushback: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return pushback;
      },
      headers: () => receiver?.onHeaders([]),
      end: (name: CodeName, origin: CallOrigin = "service") => {
        receiver?.onStatus({ code: Code[name], message: "", details: [] }, [], origin);
        assert.equal(code, Code[name], "the caller learns it");
      },
    };
  };
  return { start, gauges, breaker, transport };
}

interface Started {
  readonly handle: CallHandle;
  readonly passed: boolean;
  /** Milliseconds that a refused call is told to wait. */
  pushback(): Promise<number | undefined>;
  headers(): void;
  end(name: CodeName, origin?: CallOrigin): void;
}

const verdicts: readonly [code: CodeName, origin: CallOrigin, opens: boolean][] = [
  ["OK", "service", false],
  ["UNAVAILABLE", "transport", true],
  ["UNAVAILABLE", "service", true],
  ["INTERNAL", "upstream", true],
  ["UNKNOWN", "service", true],
  ["NOT_FOUND", "service", false],
  ["RESOURCE_EXHAUSTED", "service", false],
  ["RESOURCE_EXHAUSTED", "transport", false],
  ["INTERNAL", "transport", false],
  ["UNKNOWN", "transport", false],
  ["CANCELLED", "transport", false],
  ["CANCELLED", "service", false],
];

for (const [code, origin, opens] of verdicts) {
  test(`${code} of the ${origin} ${opens ? "counts" : "does not count"} as a failure`, async (t) => {
    const { start } = await upstream(t);
    start().end(code, origin);
    assert.equal(start().passed, !opens);
  });
}

test("the closing of the gateway itself says nothing of the upstream", async (t) => {
  const { breaker, gauges } = await upstream(t);
  let receiver: CallReceiver | undefined;
  const transport = breaker.interceptor("shop")({
    start(_call, one) {
      receiver = one;
      return { send() {}, halfClose() {}, read() {}, cancel() {} };
    },
  });
  const method = { path: "/shop.v1.Shop/Buy", clientStreaming: false, serverStreaming: false };
  transport.start(
    { method, metadata: [], deadline: { at: 1e15, source: "gateway" }, peer: "", timing: {} },
    { onHeaders() {}, onMessage() {}, onStatus() {} },
  );
  receiver?.onStatus(transportClosed, [], "transport");
  assert.equal(gauges[0]?.read(), 0);
});

test("the codes that count can be others", async (t) => {
  const { start } = await upstream(t, { consecutiveFailures: 1, codes: ["RESOURCE_EXHAUSTED"] });
  start().end("UNAVAILABLE");
  assert.equal(start().passed, true);
  start().end("RESOURCE_EXHAUSTED");
  assert.equal(start().passed, false);
});

test("a request that this side refused never counts, whatever codes do", async (t) => {
  const { start } = await upstream(t, { consecutiveFailures: 1, codes: ["RESOURCE_EXHAUSTED"] });
  start().end("RESOURCE_EXHAUSTED", "transport");
  assert.equal(start().passed, true);
});

const directory = mkdtempSync(join(tmpdir(), "policies-"));
writeFileSync(
  join(directory, "item.proto"),
  'syntax = "proto3"; message Item { string what = 1; Item next = 2; }',
);
const { registry } = await loadSchema({ proto: directory });
rmSync(directory, { recursive: true });
const input = registry.getMessage("Item") as NonNullable<TransportCall["method"]["input"]>;

const requests: readonly {
  readonly name: string;
  readonly sent: readonly string[];
  readonly method?: Partial<TransportCall["method"]>;
  readonly code?: CodeName;
  readonly isRest?: boolean;
  readonly opens: boolean;
}[] = [
  { name: "well-formed", sent: ["0a03746561"], opens: true },
  { name: "empty", sent: [""], opens: true },
  { name: "cut off", sent: ["0a0374"], opens: false },
  { name: "cut off within", sent: ["12030a0374"], opens: false },
  { name: "a text that is no UTF-8", sent: ["0a01ff"], opens: false },
  { name: "of no message", sent: [], opens: false },
  { name: "of two messages", sent: ["", ""], opens: false },
  {
    name: "cut off, and the service is not there",
    sent: ["0a0374"],
    code: "UNAVAILABLE",
    opens: true,
  },
  {
    name: "of a type that the schema lacks",
    sent: [""],
    method: { input: undefined as never },
    opens: false,
  },
  { name: "of a stream", sent: [""], method: { clientStreaming: true }, opens: false },
  {
    name: "of REST, which is ours",
    sent: [""],
    method: { clientStreaming: true },
    isRest: true,
    opens: true,
  },
];

for (const { name, sent, method, code = "INTERNAL", isRest = false, opens } of requests) {
  test(`a native request ${opens ? "counts" : "cannot open a circuit"} that is ${name}`, async (t) => {
    const { start } = await upstream(t);
    const context = new CallContext();
    markNative({ protocol: isRest ? "http" : "grpc", context } as PolicyCall);
    const call = start({
      context,
      method: {
        path: "/shop.v1.Shop/Buy",
        clientStreaming: false,
        serverStreaming: false,
        input,
        ...method,
      },
    });
    for (const bytes of sent) call.handle.send(Buffer.from(bytes, "hex"));
    call.end(code);
    assert.equal(start().passed, !opens);
  });
}

test("a cancel neither counts nor breaks a row of failures, and neither does what this side refused", async (t) => {
  const { start } = await upstream(t, { consecutiveFailures: 2 });
  start().end("INTERNAL");
  start().end("CANCELLED", "transport");
  start().end("RESOURCE_EXHAUSTED", "transport");
  assert.equal(start().passed, true);
  start().end("INTERNAL");
  assert.equal(start().passed, false);
});

const deadlines: readonly {
  readonly name: string;
  readonly source: "client" | "gateway";
  readonly afterMs: number;
  /** When the upstream has the whole request; undefined for never. */
  readonly sentAfterMs: number | undefined;
  readonly opens: boolean;
}[] = [
  {
    name: "the gateway's, request sent at once",
    source: "gateway",
    afterMs: 4000,
    sentAfterMs: 0,
    opens: true,
  },
  {
    name: "the gateway's, request sent slowly",
    source: "gateway",
    afterMs: 4000,
    sentAfterMs: 3900,
    opens: false,
  },
  {
    name: "the gateway's, request never sent",
    source: "gateway",
    afterMs: 30_000,
    sentAfterMs: undefined,
    opens: false,
  },
  { name: "a client's of 1 ms", source: "client", afterMs: 1, sentAfterMs: 0, opens: false },
  { name: "a client's of 9 s", source: "client", afterMs: 9000, sentAfterMs: 0, opens: false },
  { name: "a client's of 10 s", source: "client", afterMs: 10_000, sentAfterMs: 0, opens: true },
  {
    name: "a client's of 10 s, request never sent",
    source: "client",
    afterMs: 10_000,
    sentAfterMs: undefined,
    opens: false,
  },
];

for (const { name, source, afterMs, sentAfterMs, opens } of deadlines) {
  test(`a deadline that passed ${opens ? "counts" : "does not count"}: ${name}`, async (t) => {
    const { start } = await upstream(t);
    const call = start({ deadline: { at: Date.now() + afterMs, source } });
    t.mock.timers.tick(sentAfterMs ?? 0);
    if (sentAfterMs !== undefined) call.handle.halfClose();
    t.mock.timers.tick(afterMs - (sentAfterMs ?? 0));
    call.end("DEADLINE_EXCEEDED", "transport");
    assert.equal(start().passed, !opens);
  });
}

test("the deadline of a stream says nothing: it may be silent, or not be read, though all is well", async (t) => {
  const { start } = await upstream(t);
  for (const source of ["client", "gateway"] as const) {
    for (const begins of [true, false]) {
      const stream = start({
        method: { path: "/shop.v1.Shop/Watch", clientStreaming: false, serverStreaming: true },
        deadline: { at: Date.now() + 20_000, source },
      });
      stream.handle.halfClose();
      if (begins) stream.headers();
      t.mock.timers.tick(20_000);
      stream.end("DEADLINE_EXCEEDED", "transport");
      assert.equal(start().passed, true);
    }
  }
});

test("a stream that has begun answers a probe; of a unary call its end does", async (t) => {
  const { start } = await upstream(t);
  start().end("INTERNAL");
  t.mock.timers.tick(30_000);
  const unary = start();
  unary.headers();
  assert.equal(start().passed, false);
  unary.end("INTERNAL");
  assert.equal(start().passed, false);
  t.mock.timers.tick(30_000);
  const stream = start({
    method: { path: "/shop.v1.Shop/Watch", clientStreaming: false, serverStreaming: true },
  });
  assert.equal(start().passed, false);
  stream.headers();
  assert.equal(start().passed, true);
  stream.end("UNAVAILABLE");
  assert.equal(start().passed, false, "its end counts as that of any call");
});

test("a probe that hangs is a failure, but neither a stream that is silent nor one whose client is slow", async (t) => {
  const { start } = await upstream(t);
  start().end("INTERNAL");
  t.mock.timers.tick(30_000);
  start();
  assert.equal(start().passed, false);
  t.mock.timers.tick(1000);
  const stream = start({
    method: { path: "/shop.v1.Shop/Watch", clientStreaming: false, serverStreaming: true },
  });
  stream.handle.halfClose();
  t.mock.timers.tick(9999);
  assert.equal(start().passed, false);
  t.mock.timers.tick(1);
  const hanging = start();
  assert.equal(hanging.passed, true);
  hanging.handle.halfClose();
  t.mock.timers.tick(10_000);
  assert.equal(start().passed, false);
  t.mock.timers.tick(10_000);
  assert.equal(start().passed, false, "it is open again, for 30 s");
});

test("a probe that its client cancels makes room for the next", async (t) => {
  const { start } = await upstream(t);
  start().end("INTERNAL");
  t.mock.timers.tick(30_000);
  const probe = start();
  assert.equal(start().passed, false);
  probe.end("CANCELLED", "transport");
  assert.equal(start().passed, true);
});

test("a call that cannot be started says nothing of the upstream, and holds no circuit", async (t) => {
  const { start, gauges, breaker } = await upstream(t, { consecutiveFailures: 1, maxCircuits: 1 });
  const broken = breaker.interceptor("shop")({
    start() {
      throw new Error("a broken interceptor");
    },
  });
  const call = {
    method: { path: "/shop.v1.Shop/Buy", clientStreaming: false, serverStreaming: false },
    metadata: [],
    deadline: { at: Date.now() + 30_000, source: "gateway" },
    peer: "",
    timing: {},
  } as const;
  const receiver = { onHeaders() {}, onMessage() {}, onStatus() {} };
  assert.throws(() => broken.start({ ...call, tenant: "acme" }, receiver), /broken/);
  t.mock.timers.tick(20_000);
  assert.throws(() => broken.start({ ...call, tenant: "pay" }, receiver), /broken/);
  const tenants = gauges.map(({ labels }) => labels.tenant);
  assert.deepEqual(tenants, ["pay"], "the circuit of the first was idle");
  assert.equal(start().passed, true);
});

test("each tenant has a circuit of its own, each method where that is wanted, and metrics tell them apart", async (t) => {
  const { start, gauges } = await upstream(t, { consecutiveFailures: 1, by: ["tenant", "method"] });
  const watch = { path: "/shop.v1.Shop/Watch", clientStreaming: false, serverStreaming: true };
  start({ tenant: "acme" }).end("INTERNAL");
  assert.equal(start({ tenant: "acme" }).passed, false);
  assert.equal(start({ tenant: "acme", method: watch }).passed, true);
  assert.equal(start({ tenant: "pay" }).passed, true);
  const read = gauges.map(({ name, labels, read: value }) => ({ name, labels, value: value() }));
  const name = "grpc_breaker_state";
  assert.deepEqual(read, [
    { name, labels: { gateway: "shop", tenant: "acme", method: "/shop.v1.Shop/Buy" }, value: 2 },
    { name, labels: { gateway: "shop", tenant: "acme", method: watch.path }, value: 0 },
    { name, labels: { gateway: "shop", tenant: "pay", method: "/shop.v1.Shop/Buy" }, value: 0 },
  ]);
});

test("tenants that clients make up get no more circuits than the bound, and open ones are kept", async (t) => {
  const { start, gauges } = await upstream(t, { consecutiveFailures: 1, maxCircuits: 20 });
  start({ tenant: "acme" }).end("INTERNAL");
  for (let i = 0; i < 1000; i += 1) {
    start({ tenant: `made-up-${i}` }).end("OK");
    if (i % 10 === 0) t.mock.timers.tick(2000);
    if (i === 100) assert.equal(start({ tenant: "acme" }).passed, false);
  }
  assert.ok(gauges.length <= 21, `${gauges.length} gauges`);
});

test("one call swaps the settings: circuits stay where they stay, and are made anew where they change", async (t) => {
  const { start, gauges, breaker, transport } = await upstream(t);
  start().end("INTERNAL");
  breaker.settings = readBreaker({ consecutiveFailures: 1 }, "");
  assert.equal(start().passed, false);
  breaker.settings = readBreaker({ consecutiveFailures: 2 }, "");
  start().end("INTERNAL");
  assert.equal(start().passed, true);
  breaker.settings = undefined;
  assert.equal(gauges.length, 0);
  start().end("INTERNAL");
  start().end("INTERNAL");
  assert.equal(start().passed, true, "there is no breaker");
  breaker.settings = readBreaker({}, "");
  start().end("OK");
  assert.equal(gauges.length, 1);
  transport.close?.();
  assert.equal(gauges.length, 0, "its upstream has gone");
});

test("a wall clock that is set changes neither how long a circuit is open nor how long an upstream has hung", async (t) => {
  const { start } = await upstream(t, { consecutiveFailures: 1 }, {});
  const call = start({ deadline: { at: Date.now() + 12_000, source: "client" } });
  call.handle.halfClose();
  t.mock.timers.setTime(Date.now() + 12_000);
  call.end("DEADLINE_EXCEEDED", "transport");
  const failed = start();
  assert.equal(failed.passed, true);
  failed.end("INTERNAL");
  for (const wallMs of [1000, 1e12]) {
    t.mock.timers.setTime(wallMs);
    const waitMs = (await start().pushback()) ?? 0;
    assert.ok(waitMs > 29_000 && waitMs <= 30_000, `${waitMs} ms`);
  }
});

test("a tenant that a client has named as it likes has other metrics than those that are too many", async (t) => {
  const { start, gauges } = await upstream(t, { consecutiveFailures: 1, maxCircuits: 1 });
  start({ tenant: "(others)" });
  start({ tenant: "acme" });
  start({ tenant: "pay" });
  assert.deepEqual(
    gauges.map(({ labels }) => labels),
    [
      { gateway: "shop", tenant: "(others)" },
      { gateway: "shop", overflow: "true" },
    ],
  );
});

test("settings that are equal and written otherwise keep circuits as they are", async (t) => {
  const written: readonly [BreakerSettings, BreakerSettings][] = [
    [{}, { failureRate: 60, by: ["tenant"] }],
    [{ codes: ["INTERNAL", "UNKNOWN"] }, { codes: ["UNKNOWN", "INTERNAL", "UNKNOWN"] }],
    [{ by: ["tenant", "method"] }, { by: ["method", "tenant"] }],
    [{ methods: ["*"] }, {}],
  ];
  for (const [before, after] of written) {
    assert.equal(readBreaker(before, "").text, readBreaker(after, "").text);
  }
  const { start, breaker } = await upstream(t);
  start().end("INTERNAL");
  breaker.settings = readBreaker({ resetMs: 30_000, consecutiveFailures: 1 }, "");
  assert.equal(start().passed, false);
  const others: readonly BreakerSettings[] = [
    { methods: ["shop.v1.Shop/Buy"] },
    { methods: ["shop.v1.Shop/Watch"] },
    { codes: ["INTERNAL"] },
    { by: [] },
    { failureRate: 50 },
    {},
  ];
  assert.equal(new Set(others.map((one) => readBreaker(one, "").text)).size, others.length);
});
