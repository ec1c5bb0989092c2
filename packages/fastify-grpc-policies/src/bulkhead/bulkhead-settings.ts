import { read } from "../option/read.ts";
import { type CallPart, readCallParts } from "../upstream/call-key.ts";
import { type MethodFilter, readMethodFilter } from "../upstream/method-filter.ts";

/** How many calls an upstream has at once. */
export interface BulkheadSettings {
  /** What has a compartment of its own, beside each upstream. @default [] */
  readonly by?: readonly CallPart[];
  /** The methods that it is for: `"library.v1.LibraryService/GetBook"`, `"library.v1.*"`. @default all */
  readonly methods?: readonly string[];
  /** Calls that run at once: from their whole request on, streams of requests from their start, until they end. */
  readonly maxConcurrent: number;
  /** Calls that wait for one of them to end; beyond, they are refused. @default 100 */
  readonly maxPending?: number;
  /** How long they wait before they are refused. @default 1000 */
  readonly maxWaitMs?: number;
  /** Compartments of each upstream; beyond, the others share one. @default 1000 */
  readonly maxCompartments?: number;
}

/** Settings that were read. */
export interface Bulkhead extends MethodFilter {
  readonly by: readonly CallPart[];
  readonly maxConcurrent: number;
  readonly maxPending: number;
  readonly maxWaitMs: number;
  readonly maxCompartments: number;
}

const keys = ["by", "methods", "maxConcurrent", "maxPending", "maxWaitMs", "maxCompartments"];

/** Reads settings. Throws FST_GRPC_POLICIES_*. */
export function readBulkhead(value: unknown, path: string): Bulkhead {
  const given = read.object(value, path, keys);
  const { by = [], methods, maxConcurrent } = given;
  const { maxPending = 100, maxWaitMs = 1000, maxCompartments = 1000 } = given;
  return {
    by: readCallParts(by, `${path}.by`),
    ...readMethodFilter(methods, `${path}.methods`),
    maxConcurrent: read.integer(maxConcurrent, `${path}.maxConcurrent`, { from: 1 }),
    maxPending: read.integer(maxPending, `${path}.maxPending`),
    maxWaitMs: read.milliseconds(maxWaitMs, `${path}.maxWaitMs`),
    maxCompartments: read.integer(maxCompartments, `${path}.maxCompartments`, { from: 1 }),
  };
}
