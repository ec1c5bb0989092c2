import { Code, type CodeName } from "grpc-transcoding";
import { read, readSome } from "../option/read.ts";
import { type CallPart, readCallParts } from "../upstream/call-key.ts";
import { type MethodFilter, readMethodFilter } from "../upstream/method-filter.ts";

/** When calls to an upstream that fails are stopped, and when it is tried again. */
export interface BreakerSettings {
  /** What has a circuit of its own, beside each upstream. @default ["tenant"] */
  readonly by?: readonly CallPart[];
  /** The methods that it is for: `"library.v1.LibraryService/GetBook"`, `"library.v1.*"`. @default all */
  readonly methods?: readonly string[];
  /** Percent of the calls within the window; a circuit opens when more of them fail. @default 60, at most 99 */
  readonly failureRate?: number;
  /** Calls that must have ended within the window before the rate counts. @default 5 */
  readonly minimumCalls?: number;
  /** @default 10000 */
  readonly windowMs?: number;
  /** Opens after so many failures in a row, in place of the rate. */
  readonly consecutiveFailures?: number;
  /** How long a circuit is open before one call probes the upstream. @default 30000 */
  readonly resetMs?: number;
  /** How long a probe may take from its whole request on: a call that hangs is a failure, of a stream it says nothing. @default 10000 */
  readonly probeMs?: number;
  /** What counts as a failure. @default ["UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "UNKNOWN"] */
  readonly codes?: readonly Exclude<CodeName, "OK" | "CANCELLED">[];
  /**
   * Milliseconds that the upstream must have had a whole request before a deadline of its client counts, which may be
   * as short as the client likes; of the gateway's own deadline half of it is enough. @default 10000
   */
  readonly deadlineFloorMs?: number;
  /** Circuits of each upstream; beyond, the others share one. @default 1000 */
  readonly maxCircuits?: number;
}

/** Settings that were read. */
export interface Breaker extends MethodFilter {
  readonly by: readonly CallPart[];
  readonly failureRate: number;
  readonly minimumCalls: number;
  readonly windowMs: number;
  readonly consecutiveFailures: number | undefined;
  readonly resetMs: number;
  readonly probeMs: number;
  readonly codes: ReadonlySet<number>;
  readonly deadlineFloorMs: number;
  readonly maxCircuits: number;
  /** Equal for equal settings, however they are written. */
  readonly text: string;
}

const keys = [
  "by",
  "methods",
  "failureRate",
  "minimumCalls",
  "windowMs",
  "consecutiveFailures",
  "resetMs",
  "probeMs",
  "codes",
  "deadlineFloorMs",
  "maxCircuits",
];

const countable = Object.keys(Code).filter((name) => name !== "OK" && name !== "CANCELLED");
const defaultCodes = ["UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "UNKNOWN"];

// Of the rate, which a row of failures takes the place of.
const rateKeys = ["failureRate", "minimumCalls", "windowMs"];

/** Reads settings. Throws FST_GRPC_POLICIES_*. */
export function readBreaker(value: unknown, path: string): Breaker {
  const given = read.object(value, path, keys);
  const { by = ["tenant"], methods, codes = defaultCodes, consecutiveFailures } = given;
  const { failureRate = 60, minimumCalls = 5, windowMs = 10_000 } = given;
  const {
    resetMs = 30_000,
    probeMs = 10_000,
    deadlineFloorMs = 10_000,
    maxCircuits = 1000,
  } = given;
  const ofRate = rateKeys.find((key) => given[key] !== undefined);
  if (consecutiveFailures !== undefined && ofRate !== undefined) {
    throw read.refusal(
      `${path}.consecutiveFailures`,
      consecutiveFailures,
      `give this or ${ofRate}`,
    );
  }
  const breaker = {
    by: readCallParts(by, `${path}.by`),
    ...readMethodFilter(methods, `${path}.methods`),
    // No more than all calls can fail: at 100 it would never open.
    failureRate: read.number(failureRate, `${path}.failureRate`, { to: 99 }),
    minimumCalls: read.integer(minimumCalls, `${path}.minimumCalls`, { from: 1 }),
    windowMs: read.milliseconds(windowMs, `${path}.windowMs`, { from: 100 }),
    consecutiveFailures: read.optional(
      consecutiveFailures,
      `${path}.consecutiveFailures`,
      (count, at) => read.integer(count, at, { from: 1 }),
    ),
    resetMs: read.milliseconds(resetMs, `${path}.resetMs`),
    probeMs: read.milliseconds(probeMs, `${path}.probeMs`),
    codes: new Set(
      readSome(
        codes,
        `${path}.codes`,
        (entry, at) => Code[read.choice(entry, at, countable) as CodeName],
      ),
    ),
    deadlineFloorMs: read.milliseconds(deadlineFloorMs, `${path}.deadlineFloorMs`),
    maxCircuits: read.integer(maxCircuits, `${path}.maxCircuits`, { from: 1 }),
  };
  return { ...breaker, text: textOf(breaker) };
}

/** Lists mean the same in any order. */
function textOf({ by, patterns, codes, ...numbers }: Omit<Breaker, "text">): string {
  const texts = patterns?.map(({ text }) => text);
  const lists: readonly (readonly (string | number)[] | undefined)[] = [
    by,
    texts?.includes("*") ? undefined : texts,
    [...codes],
  ];
  return JSON.stringify([lists.map((list) => list && [...new Set(list)].sort()), numbers]);
}
