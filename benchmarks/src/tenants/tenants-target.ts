import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import Fastify from "fastify";
import grpcTenants from "fastify-grpc-tenants";
import { shopServer } from "./shop-server.ts";
import type { TargetCommand } from "./tenants-process.ts";

// An app with tenants in a process of its own: `tsx tenants-target.ts DOCUMENT`. Sends { port } when it listens, and
// answers each command with { result }.

const upstreams = { first: shopServer("first"), second: shopServer("second") };
const [file = ""] = process.argv.slice(2);
const before = process.cpuUsage();
// The start of many tenants is measured, not limited.
const app = Fastify({ pluginTimeout: 0 });
await app.register(grpcTenants, { file, upstreams });
await app.listen({ port: 0, host: "127.0.0.1" });
const { user, system } = process.cpuUsage(before);
const startMicros = user + system;

/**
 * CPU time of the thread that runs the event loop, in ms: other load on the machine is none of it. Linux tells it to 4 ms;
 * elsewhere it is the time of day.
 */
function loopMillis(): number {
  if (process.platform !== "linux") return performance.now();
  const [nanos] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ");
  return Number(nanos) / 1e6;
}

/** The longest turn of the event loop while `work` runs, in ms. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = loopMillis();
  let isRunning = true;
  const turn = (): void => {
    const now = loopMillis();
    longest = Math.max(longest, now - last);
    last = now;
    if (isRunning) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  await wait(5);
  isRunning = false;
  return longest;
}

const reload = () =>
  app.grpcTenants.reload().then(
    () => "effective",
    () => "refused",
  );

async function heapBytes(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 4; i += 1) {
    await wait(50);
    global.gc?.();
    least = Math.min(least, process.memoryUsage().heapUsed);
  }
  return least;
}

async function perform({ name, id = "" }: TargetCommand): Promise<unknown> {
  switch (name) {
    case "stop":
      return await app.grpcTenants.stop(id, { drainMs: 1000 });
    case "start":
      return app.grpcTenants.start(id);
    case "reload":
      return await reload();
    case "longest-turn":
      return await longestTurn(reload);
    case "idle-turn":
      return await longestTurn(() => wait(200));
    case "in-flight":
      return app.grpcTenants.status().tenants.reduce((sum, { inFlight }) => sum + inFlight, 0);
    case "heap":
      return await heapBytes();
    case "start-cpu":
      return startMicros;
    case "cpu": {
      const now = process.cpuUsage();
      return now.user + now.system;
    }
  }
}

process.on("message", (command: TargetCommand) => {
  void perform(command).then((result) => process.send?.({ result }));
});
process.on("disconnect", () => process.exit());
process.send?.({ port: (app.server.address() as { port: number }).port });
