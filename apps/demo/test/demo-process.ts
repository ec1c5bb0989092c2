import { type ChildProcess, spawn } from "node:child_process";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

/** Starts one of the demo's programs as a user would, and ends it with the test. */
export function startProgram(
  t: TestContext,
  name: "main" | "services-main",
  env: Record<string, string>,
): ChildProcess {
  const program = fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, program], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill());
  return child;
}

/** The first match in what a program prints. Throws when it ends without. */
export async function printed(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  let text = "";
  for await (const chunk of child.stdout ?? []) {
    text += chunk;
    const match = pattern.exec(text);
    if (match !== null) return match;
  }
  throw new Error(`the program ended without printing ${pattern}: ${text}`);
}
