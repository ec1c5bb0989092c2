import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { Agent } from "node:http";
import { fileURLToPath } from "node:url";
import { buildPackages, builtExecArgv } from "../built-packages.ts";
import { type Case, cases } from "./cases.ts";
import { send, sendRound } from "./load.ts";

const ROUNDS = 7;
const NAMES = [
  "bare",
  "in-process",
  "in-process-policy",
  "in-process-proto-loader",
  "remote",
  "naive",
];

interface Target {
  readonly name: string;
  readonly child: ChildProcess;
  readonly port: number;
}

/**
 * CPU time of a whole REST request, of the process that answers it alone: the gateway in-process and to
 * a remote service, a bare Fastify route, and the gateway that a Node user writes by hand today.
 */
export async function run(): Promise<void> {
  buildPackages(["fastify-grpc-gateway"]);
  const backend = await start("backend");
  const targets = [backend];
  for (const name of NAMES) targets.push(await start(name, `127.0.0.1:${backend.port}`));
  try {
    for (const one of cases) await compare(targets.slice(1), one);
  } finally {
    for (const { child } of targets) child.disconnect();
  }
}

async function start(name: string, backend = ""): Promise<Target> {
  const child = fork(fileURLToPath(new URL("./target.ts", import.meta.url)), [name, backend], {
    execArgv: [...builtExecArgv],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return { name, child, port };
}

async function compare(targets: readonly Target[], one: Case): Promise<void> {
  for (const target of targets) await checkAnswer(target, one);
  for (const target of targets) await sendRound(target.port, one, one.requests * 2);
  const best = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const target of targets) {
      const before = await cpuMicros(target);
      await sendRound(target.port, one);
      const perRequest = ((await cpuMicros(target)) - before) / one.requests;
      best.set(
        target.name,
        Math.min(best.get(target.name) ?? Number.POSITIVE_INFINITY, perRequest),
      );
    }
  }
  const bare = best.get("bare") as number;
  console.log(`\nrequest ${one.name}: CPU per request of the answering process, best of ${ROUNDS}`);
  for (const [name, micros] of best) {
    const ratio = (micros / bare).toFixed(2);
    console.log(`  ${name.padEnd(26)} ${micros.toFixed(1).padStart(8)} us   ${ratio} x bare`);
  }
}

async function checkAnswer({ name, port }: Target, one: Case): Promise<void> {
  const agent = new Agent();
  const answer = await send(agent, port, one);
  assert.deepEqual(JSON.parse(answer), JSON.parse(one.body), name);
}

async function cpuMicros({ child }: Target): Promise<number> {
  child.send("cpu");
  const [{ cpuMicros }] = (await once(child, "message")) as [{ cpuMicros: number }];
  return cpuMicros;
}
