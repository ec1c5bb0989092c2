import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { builtExecArgv } from "./built-packages.ts";

/** A server in a process of its own, so that its CPU time is its alone. */
export interface Target {
  readonly name: string;
  readonly child: ChildProcess;
  readonly port: number;
}

/** Starts a module that says `{ port }` when it listens, and its CPU time when it is asked. */
export async function startTarget(module: URL, name: string, backend = ""): Promise<Target> {
  const child = fork(fileURLToPath(module), [name, backend], {
    execArgv: [...builtExecArgv],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return { name, child, port };
}

/** The CPU time of a target's process so far, in microseconds. */
async function cpuMicros({ child }: Target): Promise<number> {
  child.send("cpu");
  const [{ cpuMicros: micros }] = (await once(child, "message")) as [{ cpuMicros: number }];
  return micros;
}

/**
 * The CPU time of each target for one piece of work, in microseconds: the best of some rounds in which they take turns,
 * after two rounds to warm up.
 */
export async function compareTargets(
  targets: readonly Target[],
  rounds: number,
  pieces: number,
  work: (port: number) => Promise<void>,
): Promise<Map<string, number>> {
  for (let round = 0; round < 2; round += 1) for (const { port } of targets) await work(port);
  const best = new Map<string, number>();
  for (let round = 0; round < rounds; round += 1) {
    for (const target of targets) {
      const before = await cpuMicros(target);
      await work(target.port);
      const micros = ((await cpuMicros(target)) - before) / pieces;
      best.set(target.name, Math.min(best.get(target.name) ?? Number.POSITIVE_INFINITY, micros));
    }
  }
  return best;
}

/** Prints the CPU times as multiples of those of the target `bare`. */
export function printRatios(title: string, best: ReadonlyMap<string, number>): void {
  const bare = best.get("bare") as number;
  console.log(`\n${title}`);
  for (const [name, micros] of best) {
    const ratio = (micros / bare).toFixed(2);
    console.log(`  ${name.padEnd(26)} ${micros.toFixed(1).padStart(8)} us   ${ratio} x bare`);
  }
}
