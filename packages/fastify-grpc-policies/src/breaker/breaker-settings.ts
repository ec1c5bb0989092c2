import { Code, type CodeName } from "grpc-transcoding";
import { FST_GRPC_POLICIES_OPTION } from "../errors.ts";
import { readMethodPattern } from "../option/method-pattern.ts";
import {
  quote,
  readChoice,
  readInteger,
  readList,
  readMilliseconds,
  readNumber,
  readObject,
} from "../option/option-value.ts";
import { type CallPart, readCallParts } from "../upstream/call-key.ts";
import { methodFilter } from "../upstream/method-filter.ts";

/** When calls to an upstream that fails are stopped, and when it is tried again. */
export interface BreakerSettings {
  /** What has a circuit of its own, beside each upstream. @default ["tenant"] */
  readonly by?: readonly CallPart[];
  /** The methods that it is for: `"library.v1.LibraryService/GetBook"`, `"library.v1.*"`. @default all */
  readonly methods?: readonly string[];
  /** Percent of the calls within the window; a circuit opens when more of them fail. @default 60 */
  readonly failureRate?: number;
  /** Calls that must have ended within the window before the rate counts. @default 5 */
  readonly minimumCalls?: number;
  /** @default 10000 */
  readonly windowMs?: number;
  /** Opens after so many failures in a row, in place of the rate. */
  readonly consecutiveFailures?: number;
  /** How long a circuit is open before one call probes the upstream. @default 30000 */
  readonly resetMs?: number;
  /** How long a probe may take; one that hangs is a failure. @default 10000 */
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
export interface Breaker {
  readonly by: readonly CallPart[];
  /** Whether they are for a method, by its path. */
  readonly isFor: (path: string) => boolean;
  readonly failureRate: number;
  readonly minimumCalls: number;
  readonly windowMs: number;
  readonly consecutiveFailures: number | undefined;
  readonly resetMs: number;
  readonly probeMs: number;
  readonly codes: ReadonlySet<number>;
  readonly deadlineFloorMs: number;
  readonly maxCircuits: number;
  /** Equal for equal settings. */
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

/** Reads settings. Throws FST_GRPC_POLICIES_*. */
export function readBreaker(value: unknown, path: string): Breaker {
  const given = readObject(value, path, keys);
  const { by = ["tenant"], methods, codes = defaultCodes, consecutiveFailures } = given;
  const { failureRate = 60, minimumCalls = 5, windowMs = 10_000 } = given;
  const {
    resetMs = 30_000,
    probeMs = 10_000,
    deadlineFloorMs = 10_000,
    maxCircuits = 1000,
  } = given;
  if (consecutiveFailures !== undefined && given.failureRate !== undefined) {
    throw new FST_GRPC_POLICIES_OPTION(
      `${path}.consecutiveFailures`,
      quote(consecutiveFailures),
      "give this or failureRate",
    );
  }
  return {
    by: readCallParts(by, `${path}.by`),
    isFor: methodFilter(
      methods === undefined ? undefined : readList(methods, `${path}.methods`, readMethodPattern),
    ),
    failureRate: readNumber(failureRate, `${path}.failureRate`, 0, 100),
    minimumCalls: readInteger(minimumCalls, `${path}.minimumCalls`, 1),
    windowMs: readMilliseconds(windowMs, `${path}.windowMs`, 100),
    consecutiveFailures:
      consecutiveFailures === undefined
        ? undefined
        : readInteger(consecutiveFailures, `${path}.consecutiveFailures`, 1),
    resetMs: readMilliseconds(resetMs, `${path}.resetMs`),
    probeMs: readMilliseconds(probeMs, `${path}.probeMs`),
    codes: new Set(
      readList(
        codes,
        `${path}.codes`,
        (entry, at) => Code[readChoice(entry, at, countable) as CodeName],
      ),
    ),
    deadlineFloorMs: readMilliseconds(deadlineFloorMs, `${path}.deadlineFloorMs`),
    maxCircuits: readInteger(maxCircuits, `${path}.maxCircuits`, 1),
    text: JSON.stringify(Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
