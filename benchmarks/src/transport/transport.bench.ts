import { compareInProcess } from "./in-process.ts";
import { comparePortSplit } from "./port-split.ts";

/** Calls in this process against grpc-js over loopback; the split port against grpc-js' own. */
export async function run(): Promise<void> {
  await compareInProcess();
  await comparePortSplit();
}
