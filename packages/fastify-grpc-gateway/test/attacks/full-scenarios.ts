import { constants } from "node:http2";
import { setTimeout as delay } from "node:timers/promises";
import { leakApps } from "../ends/leak-app.ts";
import { serverShapes } from "../one-port/server-shapes.ts";
import { earlyEnds, pausedReaders, pausedSides, wholeFiles } from "../transfers/transfer-checks.ts";
import type { HttpVersion } from "../transfers/transfer-clients.ts";
import { TransferTarget } from "../transfers/transfer-target.ts";
import { AttackedServer } from "./attacked-server.ts";
import { fuzzFrames } from "./frame-fuzz.ts";
import { leaks } from "./leaks.ts";
import { sum } from "./matrix.ts";
import { reloads } from "./reloads.ts";
import { resetBursts } from "./reset-bursts.ts";
import { seededRandom } from "./seeded-random.ts";
import { innocentsAmongCancels, innocentsAmongDeadlines, rapidReset } from "./shared-connection.ts";

const sharedTimes = { giveUpMs: 500, innocentMs: 1_500 };
const fuzzedStreams = 100_000;
const reloadSlack = 5 * 2 ** 20;
const leakSlack = 2 * 2 ** 20;

/** A line of the result: what was done, and what is wrong with how it ended. */
interface Outcome {
  readonly done: string;
  readonly broken: readonly string[];
}

interface Scenario {
  readonly name: string;
  run(): Promise<Outcome>;
}

/** How the gateway reaches the service. */
type Way = "in-process" | "passed on";
const ways: readonly Way[] = ["in-process", "passed on"];
const versions: readonly HttpVersion[] = ["HTTP/1.1", "HTTP/2"];

/** Gives a gateway, and the processes of both it and the service, to a function, and ends them. */
async function withServers(
  way: Way,
  use: (server: AttackedServer, service: AttackedServer) => Promise<Outcome>,
  { name: shape, secure }: { readonly name: string; readonly secure: boolean } = {
    name: "plain",
    secure: false,
  },
): Promise<Outcome> {
  const service = await AttackedServer.start({ kind: "service" });
  try {
    const upstream = way === "passed on" ? { upstream: service.address } : {};
    const server = await AttackedServer.start({ kind: "gateway", shape, ...upstream }, secure);
    try {
      return await use(server, service);
    } finally {
      await server.stop();
    }
  } finally {
    await service.stop();
  }
}

/** What is wrong with processes after their attack: a death, an uncaught error, something left open. */
async function harms(...servers: readonly AttackedServer[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const server of servers) {
    let report = await server.ask("report");
    for (let i = 0; i < 100 && report !== undefined && sum(report.live) > 0; i++) {
      await delay(100);
      report = await server.ask("report");
    }
    if (report === undefined) found.push(`died: ${server.death ?? "no answer"}`);
    else {
      found.push(...report.uncaught, ...report.warnings);
      if (sum(report.live) > 0) found.push(`left open: ${JSON.stringify(report.live)}`);
    }
  }
  return found;
}

function bursts(streams: number): readonly Scenario[] {
  const share = Math.ceil(streams / (serverShapes.length * ways.length));
  return serverShapes.flatMap((shape) =>
    ways.map((way) => ({
      name: `crash: ${shape.name}, ${way}`,
      run: () =>
        withServers(
          way,
          async (server, service) => {
            const opened = await resetBursts(server, share, seededRandom(share));
            return { done: `${opened} streams`, broken: await harms(server, service) };
          },
          shape,
        ),
    })),
  );
}

const lost = (ends: readonly string[]): readonly string[] =>
  ends.length === 0 ? [] : [`${ends.length} of 10 innocents lost: ${ends[0]}`];

const resets: readonly Scenario[] = [
  ...ways.flatMap((way) =>
    [250, 500, 900].map((count) => ({
      name: `resets: ${count} deadlines, ${way}`,
      run: () =>
        withServers(way, async (server, service) => {
          const ends = await innocentsAmongDeadlines(server, count, sharedTimes);
          return {
            done: "10 innocents",
            broken: [...lost(ends), ...(await harms(server, service))],
          };
        }),
    })),
  ),
  ...[250, 900].map((count) => ({
    name: `resets: ${count} cancels of REST`,
    run: () =>
      withServers("in-process", async (server) => {
        const ends = await innocentsAmongCancels(server, count, sharedTimes);
        return { done: "10 innocents", broken: [...lost(ends), ...(await harms(server))] };
      }),
  })),
  {
    name: "resets: rapid reset is cut",
    run: () =>
      withServers("in-process", async (server) => {
        const code = await rapidReset(server, 1_200);
        const calm = code === constants.NGHTTP2_ENHANCE_YOUR_CALM;
        const broken = calm ? [] : [`GOAWAY ${code}`];
        return { done: "ENHANCE_YOUR_CALM", broken: [...broken, ...(await harms(server))] };
      }),
  },
];

const frames: readonly Scenario[] = ways.map((way) => ({
  name: `frames: ${way}`,
  run: () =>
    withServers(way, async (server, service) => {
      const random = seededRandom(fuzzedStreams);
      const { streams, unended, cut } = await fuzzFrames(server, fuzzedStreams / 2, random);
      const broken = unended > 0 ? [`${unended} streams were neither answered nor reset`] : [];
      return {
        done: `${streams} streams, ${cut} connections cut`,
        broken: [...broken, ...(await harms(server, service))],
      };
    }),
}));

const reload: Scenario = {
  name: "reload: 1,000 times",
  run: () =>
    withServers("passed on", async (server) => {
      const { heapGrowth, heapGrowthClosed, complaints } = await reloads(server, 100, 1_000);
      const grown = Math.max(heapGrowth, heapGrowthClosed);
      return {
        done: `heap ${megabytes(heapGrowth)} MB, closed ${megabytes(heapGrowthClosed)} MB`,
        broken: [...complaints, ...(grown > reloadSlack ? ["heap"] : [])],
      };
    }),
};

/** Two apps of the four have each case: half of the calls in each. */
const leakScenarios = (calls: number): readonly Scenario[] =>
  Object.keys(leakApps).map((app) => ({
    name: `leaks: ${app}`,
    async run() {
      const { calls: made, heapGrowth, broken } = await leaks(app, Math.ceil(calls / 2));
      return {
        done: `${made} calls, heap ${megabytes(heapGrowth)} MB`,
        broken: [...broken, ...(heapGrowth > leakSlack ? ["heap"] : [])],
      };
    },
  }));

/** Files of 1 GB, and clients and services that do not read, each in processes of its own. */
const transfers: readonly Scenario[] = ways.flatMap((way) =>
  versions.flatMap((version) =>
    [...wholeFiles(2 ** 30), ...pausedSides, pausedReaders(100), ...earlyEnds].map((check) => ({
      name: `transfers: ${way}, ${version}, ${check.name}`,
      async run() {
        const target = await TransferTarget.start(way === "passed on" ? "remote" : way);
        try {
          return await check.run(target, version);
        } finally {
          await target.stop();
        }
      },
    })),
  ),
);

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

/** Runs the scenarios with that text in their name, prints a line for each, and answers which passed. */
export async function runScenarios(
  only: string,
  { streams, calls }: { readonly streams: number; readonly calls: number },
): Promise<readonly boolean[]> {
  const scenarios = [
    ...resets,
    reload,
    ...transfers,
    ...leakScenarios(calls),
    ...frames,
    ...bursts(streams),
  ];
  const verdicts: boolean[] = [];
  for (const { name, run } of scenarios.filter((scenario) => scenario.name.includes(only))) {
    const { done, broken } = await run().catch(({ message }: Error) => ({
      done: "",
      broken: [message],
    }));
    verdicts.push(broken.length === 0);
    console.log(name.padEnd(76), broken.length === 0 ? "ok  " : "FAIL", done, broken.join(", "));
  }
  return verdicts;
}
