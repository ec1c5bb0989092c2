import { setTimeout as delay } from "node:timers/promises";
import type { Attack } from "./attack.ts";
import { AttackedServer } from "./attacked-server.ts";
import { frameFloods } from "./frame-floods.ts";
import { headerFloods } from "./header-floods.ts";
import { type HeldCounts, heldConnections } from "./held-connections.ts";
import { HonestClient, type HonestRecord } from "./honest-client.ts";
import { hostileMessages } from "./hostile-messages.ts";
import type { LiveCounts, ProcessReport, ServerSpec } from "./server-protocol.ts";
import { streamResets } from "./stream-resets.ts";

/** How much the attacks hold open, and to how many bytes their compressed bomb grows. */
export interface AttackSizes extends HeldCounts {
  readonly bombBytes: number;
}

/** Every attack on the port, all families. */
export function attackMatrix(sizes: AttackSizes): readonly Attack[] {
  return [
    ...streamResets,
    ...headerFloods,
    ...frameFloods,
    ...heldConnections(sizes),
    ...hostileMessages(sizes.bombBytes),
  ];
}

/** What an attack did to a server; bytes. */
export interface Measurement {
  readonly honest: HonestRecord;
  /** From before the attack to its worst. */
  readonly rssGrowth: number;
  /** After a garbage collection, from before the attack to some time after it. */
  readonly heapGrowth: number;
  /** HTTP/2 connections, streams, calls and undecided sockets that the attack left behind. */
  readonly left: number;
  /** How the process died, or what it did not catch. */
  readonly faults: readonly string[];
}

const megabyte = 2 ** 20;

/** How far the heap may be over the baseline afterwards. */
export const heapSlack: number = 5 * megabyte;

// The time for a server to find out that the attacker has gone, and to collect what it had.
const settleMs = 5_000;

/** Runs an attack for so many milliseconds against a server of its own. */
export async function measure(spec: ServerSpec, attack: Attack, ms: number): Promise<Measurement> {
  const server = await AttackedServer.start(spec);
  try {
    // The first requests load what Node and grpc-js load late.
    const first = new HonestClient(server);
    await delay(300);
    await first.stop();
    const before = await server.ask("restart");
    const client = new HonestClient(server);
    await attack.run(server, AbortSignal.timeout(ms));
    const honest = await client.stop();
    const peak = await server.ask("report");
    const after = await settled(server, before);
    return {
      honest,
      rssGrowth: (peak?.peakRss ?? Number.POSITIVE_INFINITY) - (before?.rss ?? 0),
      heapGrowth: (after?.heap ?? Number.POSITIVE_INFINITY) - (before?.heap ?? 0),
      left: after === undefined ? Number.POSITIVE_INFINITY : sum(after.live),
      faults: [
        ...(server.death === undefined ? [] : [`died: ${server.death}`]),
        ...(after?.uncaught ?? []),
      ],
    };
  } finally {
    await server.stop();
  }
}

/** Everything that is open. */
export function sum(live: LiveCounts): number {
  return Object.values(live).reduce((total: number, count: number) => total + count, 0);
}

/** The report once nothing is left of the attack, or when the time for that is over. */
async function settled(
  server: AttackedServer,
  before: ProcessReport | undefined,
): Promise<ProcessReport | undefined> {
  const until = performance.now() + settleMs;
  for (;;) {
    const report = await server.ask("collect");
    if (report === undefined || before === undefined || performance.now() > until) return report;
    if (sum(report.live) === 0 && report.heap - before.heap < heapSlack) return report;
    await delay(100);
  }
}

/** What must hold and does not, and whether the goal for memory is reached. */
export interface Verdict {
  readonly broken: readonly string[];
  /** The resident set grows by no more than half of the bare server's plus 25 MB. */
  readonly goal: boolean;
}

/** Compares a server with the bare one in the same run. */
export function judge(ours: Measurement, bare: Measurement): Verdict {
  const { honest, rssGrowth, heapGrowth, left, faults } = ours;
  const broken = [
    ...faults,
    ...honest.failures.slice(0, 1).map((why) => `an honest request was not answered: ${why}`),
    ...(honest.asked === 0 ? ["no honest request was made"] : []),
    ...(honest.slowestMs > Math.max(1_000, bare.honest.slowestMs) ? ["slow"] : []),
    ...(rssGrowth > bare.rssGrowth + 50 * megabyte ? ["resident set"] : []),
    ...(heapGrowth > heapSlack ? ["heap"] : []),
    ...(left > 0 ? [`${left} left open`] : []),
  ];
  return { broken, goal: rssGrowth <= bare.rssGrowth / 2 + 25 * megabyte };
}
