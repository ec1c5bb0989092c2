import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("./leak-process.ts", import.meta.url));

/** What calls left that ended in every way. */
export interface LeakResult {
  readonly calls: number;
  /** Of the heap and what hangs on it, in bytes, after a garbage collection; clients are in the same process. */
  readonly heapGrowth: number;
  readonly broken: readonly string[];
}

/** Makes so many calls in each case of an app, named as in `leakApps`, in a process of its own. */
export async function leaks(app: string, count: number): Promise<LeakResult> {
  const child = fork(entry, [app, String(count)], {
    execPath: process.env.ATTACKED_NODE ?? process.execPath,
    execArgv: ["--expose-gc", "--conditions=@fastify-grpc/source", "--import", "tsx"],
  });
  const exit = once(child, "exit");
  const [result] = await Promise.race([once(child, "message"), exit]);
  await exit;
  if (typeof result === "object" && result !== null) return result as LeakResult;
  return { calls: 0, heapGrowth: 0, broken: [`the process ended: ${result}`] };
}
