import assert from "node:assert/strict";
import { test } from "node:test";
import { credentials, loadPackageDefinition, Metadata } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import grpcErrors from "fastify-grpc-errors";
import { refuse } from "fastify-grpc-gateway";
import grpcPolicies from "fastify-grpc-policies";
import { bundledProtoDir } from "grpc-transcoding";
import {
  type Answer,
  bankApp,
  bankProto,
  newKey,
  type Sent,
  sendHttp1,
  sendHttp2,
} from "./bank.ts";

function told({ status, reason, replayed }: Answer): readonly unknown[] {
  return [status, reason, replayed];
}

const executed = [200, undefined, false];
const replayed = [200, undefined, true];

test("spellings of one message are one request, and another message is refused", async (t) => {
  const { port, ledger } = await bankApp(t);
  const key = newKey();
  const send = async (body: string, rest: Sent = {}) =>
    told(await sendHttp1(port, { key, body, ...rest }));
  assert.deepEqual(await send('{"account":"a","cents":"7","labels":{"x":"1","y":"2"}}'), executed);
  for (const spelling of [
    '{"account":"a","cents":"7","labels":{"x":"1","y":"2"}}',
    '{ "labels": {"y":"2", "x":"1"},\n "cents": 7.0, "account": "\\u0061" }',
    '{"account":"a","cents":7,"labels":{"x":"1","y":"2"},"does":""}',
  ]) {
    assert.deepEqual(await send(spelling), replayed, spelling);
  }
  for (const other of ['{"account":"a","cents":"8"}', '{"account":"a","cents":"7"}', "{}"]) {
    assert.deepEqual(await send(other), [422, "IDEMPOTENCY_KEY_REUSED", false], other);
  }
  assert.equal(ledger.count(key), 1);
});

test("PUT and POST of one method are one request; a binding that answers with another part is another", async (t) => {
  const { port, ledger } = await bankApp(t);
  const key = newKey();
  assert.deepEqual(told(await sendHttp1(port, { key })), executed);
  assert.deepEqual(told(await sendHttp2(port, { key, method: "PUT" })), replayed);
  const number = await sendHttp1(port, { key, path: "/v1/payments:number" });
  assert.deepEqual(told(number), [422, "IDEMPOTENCY_KEY_REUSED", false]);
  assert.equal(ledger.count(key), 1);
});

test("a key is required where the method says so, and checked wherever there is one", async (t) => {
  const { port, ledger } = await bankApp(t);
  const required = [400, "IDEMPOTENCY_KEY_REQUIRED", false];
  assert.deepEqual(told(await sendHttp1(port, {})), required);
  assert.deepEqual(told(await sendHttp1(port, { path: "/v1/orders" })), required, "by annotation");
  assert.deepEqual(told(await sendHttp1(port, { path: "/v1/prints" })), executed);
  for (const key of ["", "a b", "a".repeat(256), '"', '"a', '"a\\b"', '"a";x=1', "é", "a,\tb"]) {
    const answer = await sendHttp1(port, { key: Buffer.from(key).toString("latin1") });
    assert.deepEqual(told(answer), [400, "IDEMPOTENCY_KEY_MALFORMED", false], key);
  }
  assert.deepEqual(ledger.keys, [""]);
});

test("a key in quotes is the same key, and goes upstream without them, under both presets", async (t) => {
  for (const preset of [undefined, "grpc-gateway"] as const) {
    const { port, ledger } = await bankApp(t, { gateway: preset ? { preset } : {} });
    const key = `${newKey()}"`;
    const quoted = `"${key.replace('"', '\\"')}"`;
    assert.deepEqual(told(await sendHttp1(port, { key: quoted })), executed);
    assert.deepEqual(told(await sendHttp1(port, { key })), replayed);
    assert.deepEqual(ledger.keys, [key]);
  }
});

test("each tenant and each principal has keys of its own", async (t) => {
  const { port, ledger } = await bankApp(t, {
    gateway: {
      tenant: ({ headers }) => headers["x-tenant"] as string | undefined,
      policies: [
        ({ headers }) => {
          const identity = headers["x-user"];
          if (identity === "nobody") return refuse("PERMISSION_DENIED", "no");
          return typeof identity === "string" ? { identity: { sub: identity } } : undefined;
        },
      ],
    },
  });
  const key = newKey();
  const callers: Sent["headers"][] = [
    {},
    { "x-tenant": "t1" },
    { "x-tenant": "t2" },
    { "x-tenant": "t2", "x-user": "alice" },
    { "x-user": "alice" },
    { "x-user": "bob" },
    { authorization: "Bearer 1" },
    { authorization: "Bearer 2" },
  ];
  for (const headers of callers) {
    assert.deepEqual(told(await sendHttp1(port, { key, headers: headers ?? {} })), executed);
  }
  for (const headers of callers) {
    assert.deepEqual(told(await sendHttp1(port, { key, headers: headers ?? {} })), replayed);
  }
  const renewed = { "x-user": "alice", authorization: "Bearer 3" };
  assert.deepEqual(told(await sendHttp1(port, { key, headers: renewed })), replayed);
  assert.equal(ledger.count(key), callers.length);
});

test("the app may say who sends a request", async (t) => {
  const principal = ({ headers }: { headers: Readonly<Record<string, unknown>> }) =>
    headers["x-account"] as string | undefined;
  const { port } = await bankApp(t, { idempotency: { principal } });
  const key = newKey();
  const by = async (headers: Record<string, string>) =>
    told(await sendHttp1(port, { key, headers }));
  assert.deepEqual(await by({ "x-account": "1", authorization: "a" }), executed);
  assert.deepEqual(await by({ "x-account": "1", authorization: "b" }), replayed);
  assert.deepEqual(await by({ "x-account": "2" }), executed);
  const wrong = await bankApp(t, { idempotency: { principal: () => ({}) as never } });
  assert.equal((await sendHttp1(wrong.port, { key })).status, 500);
  assert.deepEqual(wrong.ledger.keys, []);
});

test("rate limits count replays, whichever plugin comes first", async (t) => {
  const { port } = await bankApp(t, {
    before: async (app) => {
      const all = { by: [], capacity: 2, refillPerSecond: 0 } as const;
      await app.register(grpcPolicies, { limits: { all } });
    },
  });
  const key = newKey();
  assert.deepEqual(told(await sendHttp1(port, { key })), executed);
  const second = await sendHttp1(port, { key });
  assert.deepEqual(told(second), replayed);
  assert.match(String(second.headers.ratelimit), /r=0/);
  assert.equal((await sendHttp1(port, { key })).status, 429);
});

test("an open circuit takes no key", async (t) => {
  const { port, ledger } = await bankApp(t, {
    before: async (app) => {
      await app.register(grpcPolicies, {
        circuitBreaker: { consecutiveFailures: 1, resetMs: 200, codes: ["UNAVAILABLE"] },
      });
    },
  });
  const failed = await sendHttp1(port, { key: newKey(), body: { does: "UNAVAILABLE" } });
  assert.equal(failed.status, 503);
  const key = newKey();
  const tries = await sendHttp1(port, { key });
  assert.equal(tries.status, 503);
  let answer = tries;
  while (answer.status === 503) answer = await sendHttp1(port, { key });
  assert.deepEqual(told(answer), executed);
  assert.equal(ledger.count(key), 1);
});

test("failures have the form of the app's error table, and are replayed in it", async (t) => {
  const { port } = await bankApp(t, {
    before: async (app) => {
      await app.register(grpcErrors, { body: "problem", codes: { NOT_FOUND: 410 } });
    },
  });
  const key = newKey();
  const body = { does: "NOT_FOUND" };
  const first = await sendHttp1(port, { key, body });
  const second = await sendHttp1(port, { key, body });
  assert.equal(first.status, 410);
  assert.deepEqual([second.status, second.replayed], [410, true]);
  assert.match(String(second.headers["content-type"]), /problem\+json/);
  assert.deepEqual(second.body, first.body);
  const reused = await sendHttp1(port, { key });
  assert.equal(reused.status, 422);
  assert.match(reused.body.toString(), /another request had this Idempotency-Key/);
});

test("native calls are not checked, and their key goes on", async (t) => {
  const { port, ledger } = await bankApp(t);
  const definition = loadSync("bank/v1/bank.proto", {
    includeDirs: [bankProto, bundledProtoDir],
  });
  // biome-ignore lint/suspicious/noExplicitAny: grpc-js types what it loads so
  const { Bank } = (loadPackageDefinition(definition) as any).bank.v1;
  const client = new Bank(`127.0.0.1:${port}`, credentials.createInsecure());
  t.after(() => client.close());
  const metadata = new Metadata();
  metadata.set("idempotency-key", "native");
  for (let i = 1; i <= 2; i += 1) {
    await new Promise<void>((resolve, reject) =>
      client.Pay({}, metadata, (error: Error | null) => (error ? reject(error) : resolve())),
    );
  }
  assert.deepEqual(ledger.keys, ["native", "native"]);
});

test("methods that stream are passed over by patterns, and refused by name", async (t) => {
  const idempotency = { methods: { "bank.v1.*": "required" } } as const;
  const { port } = await bankApp(t, { idempotency });
  assert.equal((await sendHttp1(port, { path: "/v1/watch" })).status, 200);
  assert.equal((await sendHttp1(port, { path: "/v1/prints" })).reason, "IDEMPOTENCY_KEY_REQUIRED");
  const named: readonly [options: object, message: RegExp][] = [
    [
      { methods: { "bank.v1.Bank/Watch": "required" } },
      /option methods is "bank.v1.Bank\/Watch": it streams/,
    ],
    [{ methods: { "bank.v1.Bank/Pey": "required" } }, /no gateway has this method/],
    [{ gateways: ["other"] }, /no gateway of the app has this name; there are "default"/],
    [{ methods: {}, routes: { "POST /x": "required" } }, /register it before the routes/],
  ];
  for (const [options, message] of named) {
    await assert.rejects(bankApp(t, { idempotency: options }), { message });
  }
});

test("what says most of a method decides, over its annotation too", async (t) => {
  const idempotency = {
    methods: { "*": "required", "bank.v1.Bank/*": false, "bank.v1.Bank/Print": "optional" },
  } as const;
  const { port } = await bankApp(t, { idempotency });
  assert.equal((await sendHttp1(port, {})).status, 200);
  assert.equal((await sendHttp1(port, { path: "/v1/orders" })).status, 200);
  assert.equal((await sendHttp1(port, { path: "/v1/prints" })).status, 200);
  const bad = await sendHttp1(port, { path: "/v1/prints", key: "a b" });
  assert.equal(bad.status, 400);
});
