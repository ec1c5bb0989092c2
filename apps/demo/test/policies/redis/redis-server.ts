import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { freePort } from "../free-port.ts";

/** Why there is no redis-server to test against; false where there is one. */
export const withoutRedis: string | false =
  spawnSync("redis-server", ["--version"]).status === 0
    ? false
    : "redis-server is not installed: apt-get install redis-server";

/** A real server on loopback that keeps nothing; it can be killed and started again on its port. */
export interface RedisServer {
  readonly port: number;
  start(): Promise<void>;
  kill(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): Promise<void>;
}

export async function redisServer(t: TestContext): Promise<RedisServer> {
  const dir = mkdtempSync(join(tmpdir(), "policies-redis-"));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const server: RedisServer = {
    port,
    async start() {
      const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", dir];
      child = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
      for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
        if (!line.includes("Ready to accept connections")) continue;
        child.stdout?.resume();
        return;
      }
      throw new Error("redis-server ended before it was ready");
    },
    async kill(signal) {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = signal === "SIGKILL" ? once(child, "exit") : undefined;
      child.kill(signal);
      await ended;
    },
  };
  t.after(async () => {
    await server.kill("SIGKILL");
    rmSync(dir, { recursive: true });
  });
  await server.start();
  return server;
}
