import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { type Ask, askHttp1, askNative } from "../shop.ts";
import { redisServer, withoutRedis } from "./redis-server.ts";

const script = fileURLToPath(new URL("./gateway-process.ts", import.meta.url));

interface Gateway {
  readonly asks: readonly Ask[];
  readonly child: ChildProcess;
}

async function gateway(t: TestContext, redisPort: number, onStoreError: string): Promise<Gateway> {
  const child = fork(script, [String(redisPort), onStoreError], {
    execArgv: ["--conditions=@fastify-grpc/source", "--import", "tsx"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  t.after(() => child.kill());
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return { child, asks: [askHttp1(port), askNative(t, port)] };
}

/** Resolves when a gateway's client is connected to Redis. */
async function connected({ child }: Gateway): Promise<void> {
  child.send("connected?");
  await once(child, "message");
}

test("two processes share the buckets of one Redis, which may be killed and started again", {
  skip: withoutRedis,
}, async (t) => {
  const server = await redisServer(t);
  const gateways = await Promise.all([
    gateway(t, server.port, "allow"),
    gateway(t, server.port, "refuse"),
  ]);
  const asks = gateways.flatMap((one) => one.asks);
  for (const one of gateways) await connected(one);

  const trial = await Promise.all(
    Array.from({ length: 120 }, (_, at) => asks[at % asks.length]?.({ "x-plan": "trial" })),
  );
  assert.equal(trial.filter((answer) => answer?.ok).length, 50, "exactly what a quota holds");

  const clock = new Redis({ port: server.port, host: "127.0.0.1" });
  clock.on("error", () => {});
  t.after(() => clock.disconnect());
  const seconds = async (): Promise<number> => {
    const [whole, micros] = await clock.time();
    return Number(whole) + Number(micros) / 1e6;
  };
  const began = await seconds();
  let passed = 0;
  let sent = 0;
  while ((await seconds()) - began < 1) {
    const answers = await Promise.all(asks.map((ask) => ask({ "x-plan": "renewed" })));
    sent += answers.length;
    passed += answers.filter(({ ok }) => ok).length;
  }
  const elapsed = (await seconds()) - began;
  assert.ok(passed <= 20 + 40 * elapsed, `${passed} in ${elapsed} s`);
  assert.ok(passed >= Math.min(sent, 20 + 40) - 5, `${passed} of ${sent} are too few`);

  await server.kill("SIGKILL");
  const codes = async () => (await Promise.all(asks.map((ask) => ask()))).map(({ code }) => code);
  assert.deepEqual(await codes(), ["OK", "OK", "UNAVAILABLE", "UNAVAILABLE"]);
  await server.start();
  for (const one of gateways) await connected(one);
  assert.deepEqual(await codes(), ["OK", "OK", "OK", "OK"]);
  for (const { child } of gateways) assert.equal(child.exitCode, null);
});
