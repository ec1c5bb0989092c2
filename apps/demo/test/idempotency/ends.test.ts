import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { refuse } from "fastify-grpc-gateway";
import {
  createMemoryStore,
  createRedisStore,
  type IdempotencyStore,
} from "fastify-grpc-idempotency";
import { Redis } from "ioredis";
import { redisServer, withoutRedis } from "../policies/redis/redis-server.ts";
import {
  type BankApp,
  bankApp,
  bankServer,
  bound,
  Ledger,
  newKey,
  type Payment,
  type Send,
  sendHttp1,
  sendHttp2,
} from "./bank.ts";

/** A request that ends in some way, and the same request again. */
interface End {
  readonly name: string;
  readonly does?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly first: readonly [status: number, reason?: string];
  readonly second: readonly [status: number, reason?: string];
  readonly replayed: boolean;
  /** How often the service executes it. */
  readonly executed: number;
}

const ends: readonly End[] = [
  { name: "an answer", first: [200], second: [200], replayed: true, executed: 1 },
  ...["NOT_FOUND", "INVALID_ARGUMENT", "OUT_OF_RANGE"].map((does) => ({
    name: `the service's final ${does}`,
    does,
    first: [does === "NOT_FOUND" ? 404 : 400] as const,
    second: [does === "NOT_FOUND" ? 404 : 400] as const,
    replayed: true,
    executed: 1,
  })),
  ...(
    [
      ["UNAUTHENTICATED", 401],
      ["PERMISSION_DENIED", 403],
      ["ABORTED", 409],
      ["ALREADY_EXISTS", 409],
      ["RESOURCE_EXHAUSTED", 429],
      ["UNIMPLEMENTED", 501],
    ] as const
  ).map(([does, status]) => ({
    name: `the service's passing ${does}`,
    does,
    first: [status] as const,
    second: [status] as const,
    replayed: false,
    executed: 2,
  })),
  ...(
    [
      ["INTERNAL", 500],
      ["UNKNOWN", 500],
      ["DATA_LOSS", 500],
      ["UNAVAILABLE", 503],
      ["CANCELLED", 499],
      ["DEADLINE_EXCEEDED", 504],
    ] as const
  ).map(([does, status]) => ({
    name: `the service's ${does}, which says nothing of what was done`,
    does,
    first: [status] as const,
    second: [409, "OUTCOME_UNKNOWN"] as const,
    replayed: false,
    executed: 1,
  })),
  {
    name: "a deadline that passes",
    does: "wait",
    headers: { "grpc-timeout": "200m" },
    first: [504],
    second: [409, "OUTCOME_UNKNOWN"],
    replayed: false,
    executed: 1,
  },
];

type MakeStore = (t: TestContext) => Promise<IdempotencyStore>;

const stores: readonly [name: string, make: MakeStore, skip: string | false][] = [
  ["memory", async () => createMemoryStore(), false],
  [
    "Redis",
    async (t) => {
      const { port } = await redisServer(t);
      const client = new Redis({ port, host: "127.0.0.1" });
      t.after(() => client.disconnect());
      return createRedisStore({ client });
    },
    withoutRedis,
  ],
];

const protocols: readonly [name: string, send: Send][] = [
  ["HTTP/1.1", sendHttp1],
  ["HTTP/2", sendHttp2],
];

async function endsIn(send: Send, { port, ledger }: BankApp, end: End): Promise<void> {
  const key = newKey();
  const payment: Payment = { account: "a", cents: "5", does: end.does ?? "" };
  const ask = () =>
    send(port, { key, body: payment, ...(end.headers && { headers: end.headers }) });
  const first = await ask();
  assert.deepEqual([first.status, first.replayed], [end.first[0], false], String(first.body));
  const second = await ask();
  assert.deepEqual([second.status, second.replayed], [end.second[0], end.replayed]);
  if (end.second[1] !== undefined) assert.equal(second.reason, end.second[1]);
  if (end.replayed) {
    assert.deepEqual(second.body, first.body);
    for (const name of ["content-type", "etag"]) {
      assert.equal(second.headers[name], first.headers[name], name);
    }
  }
  assert.equal(ledger.count(key), end.executed);
}

for (const [storeName, makeStore, skip] of stores) {
  for (const where of ["in-process", "elsewhere"] as const) {
    test(`with a store in ${storeName} and a service ${where}`, { skip }, async (t) => {
      const ledger = new Ledger();
      const server = await bankServer(ledger);
      const upstream = where === "in-process" ? server : await bound(t, server);
      const store = await makeStore(t);
      const noStranger = ({ headers }: { headers: Readonly<Record<string, unknown>> }) =>
        headers["x-stranger"] === undefined ? undefined : refuse("PERMISSION_DENIED", "not you");
      const gateway = { policies: [noStranger] };
      const bank = await bankApp(t, { ledger, upstream, gateway, idempotency: { store } });
      const { port } = bank;
      for (const [protocol, send] of protocols) {
        for (const end of ends) {
          await t.test(`${protocol}: ${end.name}`, () => endsIn(send, bank, end));
        }

        await t.test(`${protocol}: a client that vanishes finds its answer`, async () => {
          const key = newKey();
          const leaving = new AbortController();
          const body = { account: "a", does: "wait" };
          const begun = ledger.begun();
          const first = send(port, { key, body, signal: leaving.signal });
          await begun;
          leaving.abort();
          await assert.rejects(first);
          const again = send(port, { key, body });
          ledger.goOn();
          const answer = await again;
          assert.deepEqual([answer.status, answer.replayed], [200, true]);
          assert.equal(ledger.count(key), 1);
        });

        await t.test(`${protocol}: what is refused before the call takes no key`, async () => {
          const key = newKey();
          const stranger = { key, headers: { "x-stranger": "1" } };
          assert.equal((await send(port, stranger)).status, 403);
          assert.equal((await send(port, { key, body: '{"cents":"x"}' })).status, 400);
          const late = { key, headers: { "grpc-timeout": "x" } };
          assert.equal((await send(port, late)).status, 400);
          assert.equal(ledger.count(key), 0);
          const answer = await send(port, { key });
          assert.deepEqual([answer.status, answer.replayed], [200, false]);
          assert.equal(ledger.count(key), 1);
          assert.equal((await send(port, stranger)).status, 403, "the answer is not for strangers");
        });
      }

      await t.test("the closing of the app leaves the outcome unknown", async () => {
        const key = newKey();
        const body = { account: "a", does: "wait" };
        const begun = ledger.begun();
        const first = sendHttp1(port, { key, body }).catch(() => undefined);
        await begun;
        await bank.app.close();
        await first;
        const next = await bankApp(t, { ledger, upstream, idempotency: { store } });
        const answer = await sendHttp1(next.port, { key, body });
        assert.deepEqual([answer.status, answer.reason], [409, "OUTCOME_UNKNOWN"]);
        assert.equal(ledger.count(key), 1);
        ledger.goOn();
      });
    });
  }
}
