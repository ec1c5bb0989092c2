import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";

/** A server of the system, on loopback, with a directory of its own. */
export interface RealServer {
  start(): Promise<void>;
  kill(): Promise<void>;
}

/** How a server is started. */
export interface ServerCommand {
  readonly command: string;
  args(dir: string): readonly string[];
  /** A line of its output that tells that it is ready. */
  readonly ready: RegExp;
}

/** Why there is none to test against; false where there is one. */
export function withoutServer(command: string, debianPackage: string): string | false {
  return spawnSync(command, ["--version"]).status === 0
    ? false
    : `${command} is not installed: apt-get install ${debianPackage}`;
}

export async function realServer(t: TestContext, how: ServerCommand): Promise<RealServer> {
  const dir = mkdtempSync(join(tmpdir(), "tenants-server-"));
  let child: ChildProcess | undefined;
  const server: RealServer = {
    async start() {
      child = spawn(how.command, how.args(dir), { stdio: ["ignore", "pipe", "pipe"] });
      child.stdout?.resume();
      const log = createInterface({ input: child.stderr as NodeJS.ReadableStream });
      const output = createInterface({ input: child.stdout as NodeJS.ReadableStream });
      await new Promise<void>((resolve, reject) => {
        const look = (line: string): void => {
          if (how.ready.test(line)) resolve();
        };
        log.on("line", look);
        output.on("line", look);
        child?.once("exit", () => reject(new Error(`${how.command} ended before it was ready`)));
      });
    },
    async kill() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
  t.after(async () => {
    await server.kill();
    rmSync(dir, { recursive: true });
  });
  await server.start();
  return server;
}
