import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** How a process that measures runs: the packages as they are published, from `dist`. */
export const builtExecArgv: readonly string[] = ["--import", "tsx"];

/**
 * Compiles packages for {@link builtExecArgv}. Run from source, tsx names every closure that a request
 * makes, which costs microseconds that no user pays.
 */
export function buildPackages(names: readonly string[]): void {
  const folders = names.map((name) =>
    fileURLToPath(new URL(`../../packages/${name}`, import.meta.url)),
  );
  execFileSync("tsc", ["-b", ...folders], { stdio: "inherit" });
}
