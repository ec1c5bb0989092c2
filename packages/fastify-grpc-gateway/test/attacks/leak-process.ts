// All cases of one app, with its clients, in a process of its own: its heap is nobody else's.
import { setTimeout as delay } from "node:timers/promises";
import { leakApps, startLeakApp } from "../ends/leak-app.ts";
import { leakCases } from "../ends/leak-cases.ts";
import { leaksOf } from "../ends/leaks.ts";

// Fills what is filled only once: caches, compiled code, the pools of buffers.
const warmUpCalls = 400;

const [name = "", count = ""] = process.argv.slice(2);
const options = leakApps[name];
if (options === undefined) throw new Error(`no app ${name}`);
const broken: string[] = [];
process.on("uncaughtException", (error) => broken.push(String(error.stack)));
process.on("unhandledRejection", (reason) => broken.push(`rejection: ${reason}`));
process.on("warning", (warning) => broken.push(`${warning.name}: ${warning.message}`));
process.on("disconnect", () => process.exit());

async function heap(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await delay(10);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const app = await startLeakApp(options);

async function makeAll(calls: number): Promise<number> {
  for (const leakCase of leakCases(options as NonNullable<typeof options>)) {
    const left = await leaksOf(app, leakCase, calls);
    if (left.length > 0) broken.push(`${leakCase.name}: ${left.join(", ")}`);
  }
  app.service.forget();
  return heap();
}

const before = await makeAll(warmUpCalls);
const after = await makeAll(Number(count));
await app.close();
const calls = leakCases(options).length * Number(count);
process.send?.({ calls, heapGrowth: after - before, broken });
process.disconnect();
