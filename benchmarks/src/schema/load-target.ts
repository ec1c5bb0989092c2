import { once } from "node:events";
import type { Api } from "./api.ts";
import { type LoaderName, loaders } from "./loaders.ts";

/** What one load in a fresh process cost. */
export interface LoadCost {
  readonly cpuMicros: number;
  /** What the result keeps alive, buffers included. */
  readonly heapBytes: number;
}

function heapBytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

process.on("disconnect", () => process.exit());
const load = await loaders[process.argv[2] as LoaderName]();
process.send?.("ready");
const [api] = (await once(process, "message")) as [Api];
const heapBefore = heapBytes();
const before = process.cpuUsage();
const loaded = await load(api);
const { user, system } = process.cpuUsage(before);
const cost: LoadCost = { cpuMicros: user + system, heapBytes: heapBytes() - heapBefore };
// Read after the measurement, so that the heap still had it.
if (loaded === undefined) throw new Error(`${process.argv[2]} loaded nothing of ${api.name}`);
process.send?.(cost);
