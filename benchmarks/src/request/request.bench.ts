import assert from "node:assert/strict";
import { Agent } from "node:http";
import { buildPackages } from "../built-packages.ts";
import { compareTargets, printRatios, startTarget, type Target } from "../target-process.ts";
import { type Case, cases } from "./cases.ts";
import { send, sendRound } from "./load.ts";

const ROUNDS = 7;
const NAMES = [
  "bare",
  "in-process",
  "in-process-policy",
  "in-process-proto-loader",
  "remote",
  "remote-grpc-js",
  "naive",
];

/**
 * CPU time of a whole REST request, of the process that answers it alone: the gateway in-process and to
 * a remote service, a bare Fastify route, and the gateway that a Node user writes by hand today.
 */
export async function run(): Promise<void> {
  buildPackages(["fastify-grpc-gateway"]);
  const module = new URL("./target.ts", import.meta.url);
  const backend = await startTarget(module, "backend");
  const targets: Target[] = [];
  for (const name of NAMES) {
    targets.push(await startTarget(module, name, `127.0.0.1:${backend.port}`));
  }
  try {
    for (const one of cases) await compare(targets, one);
  } finally {
    for (const { child } of [backend, ...targets]) child.disconnect();
  }
}

async function compare(targets: readonly Target[], one: Case): Promise<void> {
  for (const target of targets) await checkAnswer(target, one);
  const best = await compareTargets(targets, ROUNDS, one.requests, (port) => sendRound(port, one));
  printRatios(
    `request ${one.name}: CPU per request of the answering process, best of ${ROUNDS}`,
    best,
  );
}

async function checkAnswer({ name, port }: Target, one: Case): Promise<void> {
  const answer = await send(new Agent(), port, one);
  assert.deepEqual(JSON.parse(answer), JSON.parse(one.body), name);
}
