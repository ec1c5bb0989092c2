import { once } from "node:events";
import { Agent } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { get, percentile, steadyLoad } from "./steady-load.ts";
import { shopProto, tenantFiles } from "./tenant-files.ts";
import { type ServingProcess, startProcess, startTenants } from "./tenants-process.ts";

const ROUNDS = 9;
const PER_SECOND = 200;

function document(port: number): string {
  return `tenants:
  - id: a
    prefix: /a
    proto_path: a
    upstream: 127.0.0.1:${port}
    limits: { calls: { capacity: 60, refill_per_second: 40 } }
    breaker: { consecutive_failures: 5, reset_ms: 200 }
  - { id: b, prefix: /b, proto_path: b, upstream: first }
`;
}

/** B's latency while everything happens to A, and in rounds between these in which nothing does. */
export async function measureIsolation(): Promise<void> {
  const files = tenantFiles();
  files.write("a/shop.proto", shopProto(50));
  files.write("b/shop.proto", shopProto(50));
  let upstream = await startProcess("shop-target", "a");
  const port = await serve(upstream, 0);
  files.write("tenants.yaml", document(port));
  const tenants = await startTenants(files.document);
  const agent = new Agent({ keepAlive: true });
  const seen = new Set<string>();
  const callA = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i += 1) {
      const answer = await get(agent, tenants.port, "/a/v1/who");
      seen.add(what(answer));
    }
  };
  // Starts outside of the rounds: a process that starts takes the CPU from all.
  let spare = await startProcess("shop-target", "a");
  const happen = async (): Promise<void> => {
    await callA(10);
    files.write("a/shop.proto", "syntax = ");
    if ((await tenants.tell("reload")) !== "refused") throw new Error("the bad proto was taken");
    await callA(10);
    files.write("a/shop.proto", shopProto(50, String(Math.random())));
    if ((await tenants.tell("reload")) !== "effective") throw new Error("the proto was refused");
    await tenants.tell("stop", "a");
    await callA(10);
    await tenants.tell("start", "a");
    await callA(200);
    await wait(500);
    upstream.child.kill("SIGKILL");
    await once(upstream.child, "exit");
    await callA(40);
    upstream = spare;
    await serve(upstream, port);
    await wait(1000);
    await callA(10);
  };
  // Of each round: other load on the machine hits some of them, of either kind.
  const quiet: (readonly number[])[] = [];
  const disturbed: (readonly number[])[] = [];
  const failed: string[] = [];
  const measure = async (
    into: (readonly number[])[],
    work: () => Promise<unknown>,
  ): Promise<number> => {
    const load = steadyLoad(tenants.port, ["/b/v1/who"], PER_SECOND);
    const began = performance.now();
    await work();
    const took = performance.now() - began;
    const { latencies, answers } = await load.stop();
    into.push(latencies);
    for (const answer of answers.keys()) {
      if (answer !== '200 {"name":"first"}') failed.push(answer);
    }
    if (spare === upstream) spare = await startProcess("shop-target", "a");
    return took;
  };
  await measure([], happen);
  let took = 2000;
  for (let round = 0; round < ROUNDS; round += 1) {
    await measure(quiet, () => wait(took));
    took = await measure(disturbed, happen);
  }
  for (const process of [tenants, upstream, spare]) process.child.kill();
  agent.destroy();
  files.remove();
  const medianOf = (rounds: readonly (readonly number[])[], share: number): number =>
    percentile(
      rounds.map((latencies) => percentile(latencies, share)),
      0.5,
    );
  const [before, after] = [medianOf(quiet, 0.99), medianOf(disturbed, 0.99)];
  const allowed = before * 1.5 + 5;
  console.log(`
tenants: B at ${PER_SECOND} requests a second while A has a bad proto, stops, starts, is limited, loses its upstream; medians of ${ROUNDS} rounds
  A's answers                     ${[...seen].sort().join(", ")}
  B's requests, failed            ${[...quiet, ...disturbed].flat().length}, ${failed.length} ${failed.join(" ")}
  B's p50, p99 alone              ${medianOf(quiet, 0.5).toFixed(2)} ms, ${before.toFixed(2)} ms
  B's p50, p99 beside A           ${medianOf(disturbed, 0.5).toFixed(2)} ms, ${after.toFixed(2)} ms   (allowed ${allowed.toFixed(2)} ms: ${after <= allowed ? "kept" : "MISSED"})`);
}

/** Makes an upstream that has started serve; answers its port. */
async function serve({ child }: ServingProcess, port: number): Promise<number> {
  child.send(port);
  const [{ port: bound }] = (await once(child, "message")) as [{ port: number }];
  return bound;
}

/** Of an answer of A: its status, and what the gateway says of it. */
function what(answer: string): string {
  const [, status = answer, body = ""] = /^(\d+) (.*)$/s.exec(answer) ?? [];
  return status === "200" ? status : `${status} ${/"reason":"(\w+)"/.exec(body)?.[1] ?? ""}`.trim();
}
