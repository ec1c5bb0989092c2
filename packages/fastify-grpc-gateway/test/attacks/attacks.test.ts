// The short form of `npm run test:attacks`: the same attacks, each for a moment, in three processes.
import assert from "node:assert/strict";
import { constants } from "node:http2";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { AttackedServer } from "./attacked-server.ts";
import { fuzzFrames } from "./frame-fuzz.ts";
import { HonestClient } from "./honest-client.ts";
import { attackMatrix, sum } from "./matrix.ts";
import { reloads } from "./reloads.ts";
import { resetBursts } from "./reset-bursts.ts";
import { seededRandom } from "./seeded-random.ts";
import { innocentsAmongCancels, innocentsAmongDeadlines, rapidReset } from "./shared-connection.ts";

const attackMs = 20;
const sizes = { streams: 200, sockets: 50, slowReaders: 2, bombBytes: 5_000_000 };
const sharedTimes = { giveUpMs: 200, innocentMs: 500 };

let service: AttackedServer;
let inProcess: AttackedServer;
let passedOn: AttackedServer;

before(async () => {
  service = await AttackedServer.start({ kind: "service" });
  [inProcess, passedOn] = await Promise.all([
    AttackedServer.start({ kind: "gateway" }),
    AttackedServer.start({ kind: "gateway", upstream: service.address }),
  ]);
});

after(() => Promise.all([service, inProcess, passedOn].map((server) => server?.stop())));

/** The process lives, has caught everything, and soon nothing is open in it. */
async function assertUnharmed(server: AttackedServer): Promise<void> {
  for (let tries = 0; ; tries++) {
    const report = await server.ask("report");
    assert.equal(server.death, undefined);
    assert.deepEqual(report?.uncaught, []);
    assert.deepEqual(report?.warnings, []);
    if (report !== undefined && sum(report.live) === 0) return;
    assert.ok(tries < 100, `left open: ${JSON.stringify(report?.live)}`);
    await delay(50);
  }
}

test("900 calls that pass their deadline cost no other call of their connection", async () => {
  assert.deepEqual(await innocentsAmongDeadlines(inProcess, 900, sharedTimes), []);
});

test("250 requests that are cancelled cost no other request of their connection", async () => {
  assert.deepEqual(await innocentsAmongCancels(inProcess, 250, sharedTimes), []);
});

test("a connection that does nothing but reset its streams is cut with ENHANCE_YOUR_CALM", async () => {
  assert.equal(await rapidReset(inProcess, 1_200), constants.NGHTTP2_ENHANCE_YOUR_CALM);
});

for (const [name, server] of [
  ["in this process", () => inProcess],
  ["passed on", () => passedOn],
] as const) {
  test(`native calls whose frames are wrong all end, ${name}`, async () => {
    const { streams, unended } = await fuzzFrames(server(), 400, seededRandom(20_261_127));
    assert.ok(streams >= 400);
    assert.equal(unended, 0);
    await assertUnharmed(server());
    await assertUnharmed(service);
  });

  test(`streams that are reset in mid-body do not end the server, ${name}`, async () => {
    const streams = await resetBursts(server(), 800, seededRandom(20_261_127));
    assert.equal(server().death, undefined, `after ${streams} streams`);
    await assertUnharmed(server());
  });
}

test("an honest client is answered during and after every attack", async () => {
  const client = new HonestClient(inProcess);
  for (const attack of attackMatrix(sizes)) {
    await attack.run(inProcess, AbortSignal.timeout(attackMs));
    assert.equal(inProcess.death, undefined, attack.name);
  }
  const { asked, failures } = await client.stop();
  assert.ok(asked > 10);
  assert.deepEqual(failures, []);
  await assertUnharmed(inProcess);
});

test("60 reloads leave nothing behind", async () => {
  const { heapGrowth, complaints } = await reloads(passedOn, 20, 80);
  assert.deepEqual(complaints, []);
  assert.ok(heapGrowth < 2e6, `the heap has grown by ${heapGrowth} bytes`);
});
