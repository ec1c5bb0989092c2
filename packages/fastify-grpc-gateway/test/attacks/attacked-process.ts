// A server in a process of its own, so that its death is a finding and not the end of the tests.
import { setTimeout as delay } from "node:timers/promises";
import { startTarget } from "./process-target.ts";
import type { ProcessReport, ServerRequest, ServerSpec } from "./server-protocol.ts";

const uncaught: string[] = [];
const warnings: string[] = [];
process.on("uncaughtException", (error) => uncaught.push(String(error?.stack ?? error)));
process.on("unhandledRejection", (reason) => uncaught.push(`rejection: ${reason}`));
process.on("warning", ({ name, message }) => warnings.push(`${name}: ${message}`));
// The parent has gone, however it ended.
process.on("disconnect", () => process.exit());

const target = await startTarget(JSON.parse(process.argv[2] ?? "") as ServerSpec);

let sampledPeak = 0;
let maxRssBefore = 0;
const sample = (): void => {
  sampledPeak = Math.max(sampledPeak, process.memoryUsage.rss());
};
setInterval(sample, 50).unref();

/** Since the last report with `restart`; between samples the system's own record tells. */
function peakRss(): number {
  sample();
  const record = process.resourceUsage().maxRSS * 1024;
  return record > maxRssBefore ? Math.max(record, sampledPeak) : sampledPeak;
}

async function collectGarbage(): Promise<void> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await delay(10);
  }
}

function report(): ProcessReport {
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    rss,
    peakRss: peakRss(),
    heap: heapUsed + external,
    uncaught: [...uncaught],
    warnings: [...warnings],
    live: target.live(),
  };
}

async function answer({ does, times = 0 }: ServerRequest): Promise<void> {
  if (does === "reload") await target.reload?.(times);
  if (does === "close") await target.close?.();
  if (does === "collect" || does === "restart") await collectGarbage();
  if (does === "restart") {
    sampledPeak = 0;
    maxRssBefore = process.resourceUsage().maxRSS * 1024;
  }
}

process.on("message", (request: ServerRequest) => {
  answer(request)
    .catch((error) => uncaught.push(String(error)))
    .then(() => process.send?.({ id: request.id, report: report() }))
    .catch(() => {});
});
process.send?.({ port: target.port, http1Port: target.http1Port });
