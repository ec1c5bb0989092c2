import { compileRouteTable, type Route, type RouteTable } from "grpc-transcoding";
import { findRouteConflicts } from "grpc-transcoding/internal";
import { constraintMicros } from "./constraint-cost.ts";
import {
  allOfGoogleapis,
  parseRules,
  pathOf,
  type RuleText,
  readGoogleapis,
} from "./googleapis.ts";

const lookups = 200_000;
const rounds = 11;

/** Process CPU time in microseconds. */
function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function heapBytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** Other processes share the caches: the quiet rounds tell what the code costs. */
function lowerQuartile(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 2] ?? 0;
}

interface Measured {
  readonly name: string;
  readonly routes: readonly Route[];
  readonly table: RouteTable<Route>;
  readonly requests: readonly (readonly [method: string, path: string])[];
  readonly startMs: number;
  readonly heapMb: number;
}

/** Parses the templates and builds the table, which is what a start costs. */
function build(name: string, rules: readonly RuleText[]): Measured {
  const heapBefore = heapBytes();
  const before = cpuMicros();
  const routes = parseRules(rules);
  const table = compileRouteTable(routes);
  const startMs = (cpuMicros() - before) / 1000;
  const heapMb = (heapBytes() - heapBefore) / 1e6;
  const requests = routes.map((route) => [route.httpMethod, pathOf(route)] as const);
  return { name, routes, table, requests, startMs, heapMb };
}

/** Microseconds of CPU per lookup, captures included. */
function lookUp({ table, requests }: Measured): number {
  let found = 0;
  const before = cpuMicros();
  for (let index = 0; index < lookups; index += 1) {
    // A prime step, so that neighbours in the proto are not neighbours in time.
    const [method, path] = requests[(index * 7919) % requests.length] as readonly [string, string];
    if (table.match(method, path)?.status === 200) found += 1;
  }
  const micros = (cpuMicros() - before) / lookups;
  if (found !== lookups) throw new Error(`${lookups - found} lookups found nothing`);
  return micros;
}

function conflictMs({ routes }: Measured): number {
  const before = cpuMicros();
  findRouteConflicts([{ name: "", routes }]);
  return (cpuMicros() - before) / 1000;
}

/** Paths made to be slow, against tables made to be slow, in microseconds of CPU. */
function worstCases(): Record<string, string> {
  const family = Array.from({ length: 1024 }, (_, bits): RuleText => {
    const parts = Array.from({ length: 10 }, (_, at) => ((bits >> at) & 1 ? "a" : "*"));
    return ["GET", `/${parts.join("/")}/end`];
  });
  const table = compileRouteTable(parseRules([...family, ["GET", "/files/**"]]));
  const cases = {
    "1,024 templates of {a|*}^10, full miss": `/${"a/".repeat(10)}miss`,
    "path of 8,000 segments": `/files${"/a".repeat(8000)}`,
    "15 KB of escapes": `/files/${"%41".repeat(5000)}`,
  };
  return Object.fromEntries(
    Object.entries(cases).map(([name, path]) => {
      const times = Array.from({ length: rounds }, () => {
        const before = cpuMicros();
        for (let index = 0; index < 500; index += 1) table.match("GET", path);
        return (cpuMicros() - before) / 500;
      });
      return [name, `${lowerQuartile(times).toFixed(1)} us`];
    }),
  );
}

/**
 * Measures the route table: start, heap, lookup, conflict check, worst cases; and what a gateway costs a
 * hand-written route beside it. CPU time, interleaved.
 */
export async function run(): Promise<void> {
  const half = readGoogleapis();
  const oneApi = half.slice(3000, 3150);
  const measured = [
    build("150 bindings", oneApi),
    build("7,526 bindings", half),
    build("14,286 bindings", allOfGoogleapis(half)),
  ];
  const times = measured.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, one] of measured.entries()) times[index]?.push(lookUp(one));
  }
  console.log("route table (CPU time; budgets: lookup 1.2 us / 3 us, start 500 ms, 20 MB)");
  console.table(
    Object.fromEntries(
      measured.map((one, index) => [
        one.name,
        {
          "start ms": one.startMs.toFixed(1),
          "heap MB": one.heapMb.toFixed(1),
          "lookup us": lowerQuartile(times[index] ?? []).toFixed(2),
          "conflict check ms": conflictMs(one).toFixed(0),
        },
      ]),
    ),
  );
  console.table(worstCases());
  const { alone, beside } = await constraintMicros(oneApi);
  console.log(
    `inject() of a hand-written route: ${alone.toFixed(1)} us alone, ${beside.toFixed(1)} us beside a gateway of 150 bindings`,
  );
}
