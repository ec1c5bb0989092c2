import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { buildPackages, builtExecArgv } from "../built-packages.ts";

/** What the rules of answers cost methods that have them, and those that have none. */
export function run(): void {
  buildPackages(["fastify-grpc-gateway"]);
  const script = fileURLToPath(new URL("./target.ts", import.meta.url));
  execFileSync(process.execPath, [...builtExecArgv, script], { stdio: "inherit" });
}
