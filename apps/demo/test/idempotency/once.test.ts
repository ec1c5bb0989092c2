import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createMemoryStore } from "fastify-grpc-idempotency";
import { redisServer, withoutRedis } from "../policies/redis/redis-server.ts";
import {
  type Answer,
  bankApp,
  bankServer,
  bound,
  Ledger,
  newKey,
  type Send,
  sendHttp1,
  sendHttp2,
} from "./bank.ts";

const script = fileURLToPath(new URL("./gateway-process.ts", import.meta.url));

interface GatewayProcess {
  readonly child: ChildProcess;
  readonly port: number;
}

async function gatewayProcess(
  t: TestContext,
  upstream: string,
  redisPort: number,
): Promise<GatewayProcess> {
  const child = fork(script, [upstream, String(redisPort)], {
    execArgv: ["--conditions=@fastify-grpc/source", "--import", "tsx"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  t.after(() => child.kill("SIGKILL"));
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return { child, port };
}

/** Fifty equal requests at once, over both versions of HTTP, to the ports in turn. */
function fifty(ports: readonly number[], key: string): Promise<Answer>[] {
  const sends: readonly Send[] = [sendHttp1, sendHttp2];
  const body = { account: "a", does: "wait" };
  return Array.from({ length: 50 }, (_, at) => {
    const send = sends[at % sends.length] as Send;
    return send(ports[(at >> 1) % ports.length] as number, { key, body });
  });
}

function assertOneAnswer(answers: readonly Answer[]): void {
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.equal(new Set(answers.map(({ body }) => body.toString())).size, 1);
  assert.equal(answers.filter(({ replayed }) => !replayed).length, 1, "one is no replay");
}

test("fifty equal requests at once to two processes that share a Redis execute once, and all have the answer", {
  skip: withoutRedis,
}, async (t) => {
  const ledger = new Ledger();
  const upstream = await bound(t, await bankServer(ledger));
  const redis = await redisServer(t);
  const gateways = await Promise.all([
    gatewayProcess(t, upstream, redis.port),
    gatewayProcess(t, upstream, redis.port),
  ]);
  for (let round = 0; round < 3; round += 1) {
    const key = newKey();
    const begun = ledger.begun();
    const asked = fifty(
      gateways.map(({ port }) => port),
      key,
    );
    await begun;
    ledger.goOn();
    assertOneAnswer(await Promise.all(asked));
    assert.equal(ledger.count(key), 1);
  }
});

test("fifty equal requests at once to one process with a store in memory execute once, and all have the answer", async (t) => {
  const { port, ledger } = await bankApp(t);
  const key = newKey();
  const begun = ledger.begun();
  const asked = fifty([port], key);
  await begun;
  ledger.goOn();
  assertOneAnswer(await Promise.all(asked));
  assert.equal(ledger.count(key), 1);
});

test("a request whose gateway is killed is in flight until its lease ends, then unknown, and never executed again", {
  skip: withoutRedis,
}, async (t) => {
  const ledger = new Ledger();
  const upstream = await bound(t, await bankServer(ledger));
  const redis = await redisServer(t);
  const [first, second] = await Promise.all([
    gatewayProcess(t, upstream, redis.port),
    gatewayProcess(t, upstream, redis.port),
  ]);
  const key = newKey();
  const sent = { key, body: { account: "a", does: "wait" }, headers: { "grpc-timeout": "2S" } };
  const begun = ledger.begun();
  const lost = sendHttp1(first.port, sent);
  await begun;
  first.child.kill("SIGKILL");
  await assert.rejects(lost);

  const inLease = await sendHttp1(second.port, { ...sent, body: { account: "b" } });
  assert.deepEqual([inLease.status, inLease.reason], [422, "IDEMPOTENCY_KEY_REUSED"]);
  // It waits for the answer of the process that is gone, until the lease ends.
  const after = await sendHttp1(second.port, sent);
  assert.deepEqual([after.status, after.reason], [409, "OUTCOME_UNKNOWN"]);
  assert.equal(after.headers["retry-after"], undefined, "it is of no use");
  const again = await Promise.all(fifty([second.port], key));
  assert.deepEqual([...new Set(again.map(({ reason }) => reason))], ["OUTCOME_UNKNOWN"]);
  assert.equal(ledger.count(key), 1);
});

test("those that wait execute in turn where the attempt before them frees the key", async (t) => {
  const { port, ledger } = await bankApp(t);
  const key = newKey();
  const body = { account: "a", does: "ABORTED" };
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => sendHttp1(port, { key, body })),
  );
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [409]);
  assert.equal(ledger.count(key), 5);
});

test("a request is refused at once while another with its key runs, where it may not wait", async (t) => {
  for (const idempotency of [{ onInFlight: "refuse" }, { maxWaiting: 0 }] as const) {
    const { port, ledger } = await bankApp(t, { idempotency });
    const key = newKey();
    const body = { account: "a", does: "wait" };
    const begun = ledger.begun();
    const first = sendHttp1(port, { key, body });
    await begun;
    const second = await sendHttp1(port, { key, body });
    assert.deepEqual([second.status, second.reason], [409, "IDEMPOTENCY_KEY_IN_FLIGHT"]);
    assert.equal(second.headers["retry-after"], "1");
    ledger.goOn();
    assert.equal((await first).status, 200);
    assert.equal((await sendHttp1(port, { key, body })).replayed, true);
  }
});

test("a request waits no longer than it may, and one whose client leaves no longer either", async (t) => {
  const { port, ledger, app } = await bankApp(t, { idempotency: { maxWaitMs: 100 } });
  const key = newKey();
  const body = { account: "a", does: "wait" };
  const begun = ledger.begun();
  const first = sendHttp1(port, { key, body });
  await begun;
  const leaving = new AbortController();
  const left = sendHttp1(port, { key, body, signal: leaving.signal });
  const patient = sendHttp2(port, { key, body });
  leaving.abort();
  await assert.rejects(left);
  const { status, reason } = await patient;
  assert.deepEqual([status, reason], [409, "IDEMPOTENCY_KEY_IN_FLIGHT"]);
  ledger.goOn();
  assert.equal((await first).status, 200);
  assert.equal(ledger.count(key), 1);
  await app.close();
});

test("a call that surely was not sent frees its key", async (t) => {
  const ledger = new Ledger();
  const server = await bankServer(ledger);
  const store = createMemoryStore();
  const key = newKey();
  // Nothing listens on port 1.
  const down = await bankApp(t, { upstream: "127.0.0.1:1", idempotency: { store } });
  assert.equal((await sendHttp1(down.port, { key })).status, 503);
  const up = await bankApp(t, { ledger, upstream: server, idempotency: { store } });
  const answer = await sendHttp1(up.port, { key });
  assert.deepEqual([answer.status, answer.replayed], [200, false]);
});

test("a service that is lost with the call at hand leaves the outcome unknown", async (t) => {
  const ledger = new Ledger();
  const server = await bankServer(ledger);
  const upstream = await bound(t, server);
  const { port } = await bankApp(t, { ledger, upstream });
  const key = newKey();
  const body = { account: "a", does: "wait" };
  const begun = ledger.begun();
  const first = sendHttp1(port, { key, body });
  await begun;
  server.forceShutdown();
  assert.ok((await first).status >= 500);
  const second = await sendHttp1(port, { key, body });
  assert.deepEqual([second.status, second.reason], [409, "OUTCOME_UNKNOWN"]);
});

test("a service may say that it did nothing", async (t) => {
  const { port, ledger } = await bankApp(t, { idempotency: { notExecuted: ["UNAVAILABLE"] } });
  const key = newKey();
  const body = { account: "a", does: "UNAVAILABLE" };
  for (let i = 1; i <= 2; i += 1) {
    assert.equal((await sendHttp1(port, { key, body })).status, 503);
    assert.equal(ledger.count(key), i);
  }
});
