import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import * as exported from "fastify-grpc-idempotency";
import grpcIdempotency, {
  createRedisStore,
  "module.exports" as required,
} from "fastify-grpc-idempotency";
import { Redis } from "ioredis";
import { redisServer, withoutRedis } from "../policies/redis/redis-server.ts";
import { type Snippet, snippetsOf } from "../policies/snippets.ts";
import { bankProto, bankServer, Ledger, newKey, sendHttp1 } from "./bank.ts";

const page = "docs/idempotency.md";
const [first, principal, redis, byHand, store, ...rest] = snippetsOf(page) as Snippet[];

/** An app in front of the bank, with what a snippet registers; its port. */
async function appWith(
  t: { after(end: () => unknown): void },
  register: (app: FastifyInstance) => unknown,
): Promise<{ port: number; ledger: Ledger }> {
  const app = Fastify();
  t.after(() => app.close());
  await register(app);
  const ledger = new Ledger();
  await app.register(grpcGateway, { proto: bankProto, upstream: await bankServer(ledger) });
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  return { port: Number(new URL(url).port), ledger };
}

test("the page's first lines make a method need a key", async (t) => {
  assert.deepEqual(rest, []);
  const { port } = await appWith(t, (app) => first?.({ app, grpcIdempotency }));
  assert.equal((await sendHttp1(port, {})).reason, "IDEMPOTENCY_KEY_REQUIRED");
  assert.equal((await sendHttp1(port, { path: "/v1/prints" })).status, 200);
});

test("the page's principal tells accounts apart", async (t) => {
  const { port } = await appWith(t, (app) => principal?.({ app, grpcIdempotency }));
  const key = newKey();
  const of = (account: string) =>
    sendHttp1(port, { key, headers: { "x-account-id": account, authorization: newKey() } });
  assert.equal((await of("1")).replayed, false);
  assert.equal((await of("1")).replayed, true);
  assert.equal((await of("2")).replayed, false);
});

test("the page's store keeps keys in Redis, and nothing there can be read but the answer", {
  skip: withoutRedis,
}, async (t) => {
  const { port: redisPort } = await redisServer(t);
  const names = { grpcIdempotency, Redis, createRedisStore };
  const redisUrl = `redis://127.0.0.1:${redisPort}`;
  const { port } = await appWith(t, (app) => redis?.({ app, ...names, redisUrl }));
  const key = newKey();
  assert.equal((await sendHttp1(port, { key })).status, 200);
  assert.equal((await sendHttp1(port, { key })).replayed, true);
  const client = new Redis({ port: redisPort, host: "127.0.0.1" });
  t.after(() => client.disconnect());
  const [entry = "", ...others] = await client.keys("*");
  assert.deepEqual(others, []);
  assert.match(entry, /^fastify-grpc-idempotency:[\w-]{43}$/);
  assert.doesNotMatch(JSON.stringify(await client.hgetall(entry)), new RegExp(key));
  const ttl = await client.pttl(entry);
  assert.ok(ttl > 86_390_000 && ttl <= 86_400_000, String(ttl));
});

test("the page's hand-written route and store work together", async (t) => {
  const own = await store?.({}, "store");
  let placed = 0;
  const { port } = await appWith(t, async (app) => {
    await app.register(grpcIdempotency, { store: own as exported.IdempotencyStore });
    await byHand?.({ app, place: (order: object) => ({ ...order, number: ++placed }) });
  });
  const key = newKey();
  const order = () => sendHttp1(port, { path: "/orders", key, body: '{"what":"tea"}' });
  assert.equal((await order()).status, 201);
  const again = await order();
  assert.deepEqual([again.status, again.body.toString()], [201, '{"what":"tea","number":1}']);
});

test("the README's example runs, in both module systems", async (t) => {
  const [example, commonJs] = snippetsOf("packages/fastify-grpc-idempotency/README.md");
  const names = { Fastify, grpcGateway, grpcIdempotency, proto: bankProto };
  const app = (await example?.(names, "app")) as FastifyInstance | undefined;
  t.after(() => app?.close());
  await app?.ready();
  const plugin = await commonJs?.({ require: () => required }, "grpcIdempotency");
  assert.equal(plugin, grpcIdempotency);
});

test("the page names every error and every reason", () => {
  const text = readFileSync(new URL(`../../../../${page}`, import.meta.url), "utf8");
  const named = new Set(text.match(/FST_GRPC_IDEMPOTENCY_[A-Z_]*[A-Z]/g));
  const thrown = Object.keys(exported).filter((name) => name.startsWith("FST_"));
  assert.deepEqual([...named].sort(), thrown.sort());
  const refusals = readFileSync(
    new URL(
      "../../../../packages/fastify-grpc-idempotency/src/answer/refusals.ts",
      import.meta.url,
    ),
    "utf8",
  );
  for (const [, reason = ""] of refusals.matchAll(/reason: "(\w+)"/g)) {
    assert.ok(text.includes(`\`${reason}\``), reason);
  }
});
