import { buildPackages } from "../built-packages.ts";
import { type Case, cases } from "../request/cases.ts";
import { sendRound } from "../request/load.ts";
import { compareTargets, startTarget, type Target } from "../target-process.ts";

const ROUNDS = 15;

/** Each target, and the one without that which it adds. */
const targets: readonly (readonly [name: string, without: string | undefined])[] = [
  ["bare", undefined],
  ["no SDK", "bare"],
  ["a logger that is not used", "bare"],
  ["access log", "a logger that is not used"],
  ["page for Prometheus", "bare"],
  ["an SDK that is not used", "bare"],
  ["spans for an SDK", "an SDK that is not used"],
  ["spans and metrics for an SDK", "an SDK that is not used"],
];

/** What telemetry adds to a whole small REST request in-process: CPU time of the process that answers it. */
export async function run(): Promise<void> {
  buildPackages(["fastify-grpc-gateway", "fastify-grpc-telemetry"]);
  const module = new URL("./target.ts", import.meta.url);
  const [small] = cases as [Case, ...Case[]];
  const started: Target[] = [];
  for (const [name] of targets) started.push(await startTarget(module, name));
  try {
    const best = await compareTargets(started, ROUNDS, small.requests, (port) =>
      sendRound(port, small),
    );
    console.log(`\ntelemetry: CPU of a request of 44 B, best of ${ROUNDS}`);
    for (const [name, without] of targets) {
      const micros = best.get(name) ?? 0;
      const added = without && (micros - (best.get(without) ?? 0)).toFixed(2);
      const note = added === undefined ? "" : `   + ${added} us to ${without}`;
      console.log(`  ${name.padEnd(30)} ${micros.toFixed(2).padStart(8)} us${note}`);
    }
  } finally {
    for (const { child } of started) child.disconnect();
  }
}
