import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Api, apiNames, prepareApi } from "./api.ts";
import type { LoadCost } from "./load-target.ts";
import { type LoaderName, loaders } from "./loaders.ts";
import { protocMicros, protocVersion } from "./protoc.ts";

const ROUNDS = 2;
/** What takes longer is measured once: noise evens out in it, and rounds would take minutes. */
const LONG_MICROS = 5e6;

/** Each with the flags that make protoc do the work of the loaders that it is compared with. */
const protocRuns = {
  protoc: [],
  "protoc, source info": ["--include_source_info"],
} as const;

type ContenderName = keyof typeof protocRuns | LoaderName;

/** All, in the order of the table, each with the one that its figures are compared with. */
const contenders: readonly (readonly [name: ContenderName, against: ContenderName])[] = [
  ["protoc", "protoc"],
  ["compile()", "protoc"],
  ["protobufjs 7 loadSync, resolveAll", "protoc"],
  ["protobufjs 8 loadSync, resolveAll", "protoc"],
  ["protoc, source info", "protoc, source info"],
  ["compile(), source info", "protoc, source info"],
  ["loadSchema({ proto })", "protobufjs 8 loadSync, resolveAll"],
  ["set: protobuf-es registry", "set: protobuf-es registry"],
  ["set: protobufjs 8 fromDescriptor", "set: protobuf-es registry"],
  ["set: createSchema()", "set: protobuf-es registry"],
  ["set, source info: protobuf-es", "set, source info: protobuf-es"],
  ["set, source info: createSchema()", "set, source info: protobuf-es"],
];

type Cost = Pick<LoadCost, "cpuMicros"> & Partial<LoadCost>;

/**
 * What it costs to compile and to load Google's largest APIs, from source and from descriptor sets,
 * each time in a fresh process: CPU time without the process's start and imports, and the heap that
 * the result keeps. protoc's time is that of the whole process, which writes a file too.
 */
export async function run(): Promise<void> {
  const protoc = protocVersion();
  console.log(
    `\nschema: best of ${ROUNDS} fresh processes (of one beyond ${LONG_MICROS / 1e6} s of CPU), against ${protoc ?? "no protoc"}`,
  );
  console.log("budget: compile() of google/cloud <= 2.00 x protoc, goal 1.00");
  if (protoc === undefined)
    console.log("skipped: protoc, which is not on the PATH (or bash is not)");
  const directory = mkdtempSync(join(tmpdir(), "schema-bench-"));
  try {
    for (const name of apiNames()) {
      const api = prepareApi(name, directory);
      const best = new Map<ContenderName, Cost>();
      for (let round = 0; round < ROUNDS; round += 1) {
        await measureRound(api, best, protoc === undefined ? undefined : directory);
      }
      report(api, best);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** One run of each in turn, of long ones in the first round only. All start before: starts would disturb. */
async function measureRound(
  api: Api,
  best: Map<ContenderName, Cost>,
  protocDirectory: string | undefined,
): Promise<void> {
  const isShort = (name: ContenderName): boolean => (best.get(name)?.cpuMicros ?? 0) < LONG_MICROS;
  const names = (Object.keys(loaders) as LoaderName[]).filter(isShort);
  const children = new Map(
    await Promise.all(names.map(async (name) => [name, await start(name)] as const)),
  );
  try {
    for (const [name] of contenders) {
      const child = children.get(name as LoaderName);
      if (child !== undefined) {
        child.send(api);
        keepBest(best, name, await nextMessage(child, name));
        child.disconnect();
      } else if (name in protocRuns && protocDirectory !== undefined && isShort(name)) {
        const flags = protocRuns[name as keyof typeof protocRuns];
        keepBest(best, name, { cpuMicros: protocMicros(api, protocDirectory, flags) });
      }
    }
  } finally {
    for (const child of children.values()) if (child.connected) child.disconnect();
  }
}

async function start(name: LoaderName): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL("./load-target.ts", import.meta.url)), [name], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  await nextMessage(child, name);
  return child;
}

async function nextMessage(child: ChildProcess, name: string): Promise<LoadCost> {
  const [message] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => {
      throw new Error(`${name}: its process ended with ${code}`);
    }),
  ]);
  return message as LoadCost;
}

function keepBest(best: Map<ContenderName, Cost>, name: ContenderName, cost: Cost): void {
  const before = best.get(name);
  if (before === undefined || cost.cpuMicros < before.cpuMicros) best.set(name, cost);
}

function report(api: Api, best: ReadonlyMap<ContenderName, Cost>): void {
  const megabytes = (api.sourceBytes / 1e6).toFixed(1);
  console.log(
    `\n${api.name}: ${api.files.length} files, ${megabytes} MB; ${api.compiledFiles} files with imports`,
  );
  const heads = [
    "CPU ms".padStart(9),
    "ratio".padStart(7),
    "heap MB".padStart(10),
    "ratio".padStart(7),
  ];
  console.log(`${" ".repeat(36)}${heads.join("")}  against`);
  for (const [name, against] of contenders) {
    const cost = best.get(name);
    if (cost === undefined) continue;
    const reference = name === against ? undefined : best.get(against);
    const cells = [
      (cost.cpuMicros / 1000).toFixed(0).padStart(9),
      ratio(cost.cpuMicros, reference?.cpuMicros).padStart(7),
      (cost.heapBytes === undefined ? "" : (cost.heapBytes / 1e6).toFixed(1)).padStart(10),
      ratio(cost.heapBytes, reference?.heapBytes).padStart(7),
    ];
    const suffix = reference === undefined ? "" : `  ${against}`;
    console.log(`  ${name.padEnd(34)}${cells.join("")}${suffix}`);
  }
}

function ratio(value: number | undefined, reference: number | undefined): string {
  return value === undefined || reference === undefined ? "" : (value / reference).toFixed(2);
}
