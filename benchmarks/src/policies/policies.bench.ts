import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { buildPackages, builtExecArgv } from "../built-packages.ts";

/** What policies and interceptors add to a call. */
export function run(): void {
  buildPackages(["fastify-grpc-policies"]);
  const script = fileURLToPath(new URL("./measure-target.ts", import.meta.url));
  execFileSync(process.execPath, [...builtExecArgv, script], { stdio: "inherit" });
}
