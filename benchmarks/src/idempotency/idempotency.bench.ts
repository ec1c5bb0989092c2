import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { buildPackages, builtExecArgv } from "../built-packages.ts";

/** What a key adds to a request, and what a replay costs. */
export function run(): void {
  buildPackages(["fastify-grpc-idempotency", "fastify-grpc-gateway"]);
  const script = fileURLToPath(new URL("./measure-target.ts", import.meta.url));
  execFileSync(process.execPath, [...builtExecArgv, script], { stdio: "inherit" });
}
