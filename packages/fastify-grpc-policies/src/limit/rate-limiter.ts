import type { CalledMethod, PolicyCall } from "grpc-transcoding";
import { PathCache } from "../upstream/path-cache.ts";
import type { Limit } from "./limit-settings.ts";
import type { BucketDemand, LimitStore, TakeResult } from "./limit-store.ts";

/** What the limits say of a call. */
export interface LimitOutcome {
  readonly allowed: boolean;
  /** Milliseconds until all limits would let the call pass; 0 when allowed, `Infinity` for never. */
  readonly retryAfterMs: number;
  /** Each limit that the call met. */
  readonly limits: readonly LimitState[];
}

/** One limit after a call. */
export interface LimitState {
  readonly name: string;
  readonly capacity: number;
  readonly refillPerSecond: number;
  /** Tokens left. */
  readonly remaining: number;
  /** Milliseconds until it would let this call pass; 0 where it did, or would have. */
  readonly waitMs: number;
}

/** A limit as it is for one method. */
interface PlannedLimit {
  readonly limit: Limit;
  readonly cost: number;
}

/** Takes from the buckets of calls. The limits are swapped as a whole. */
export class RateLimiter {
  readonly #store: LimitStore;
  #limits: readonly Limit[];
  #planOf: PlanOf;

  constructor(store: LimitStore, limits: readonly Limit[]) {
    this.#store = store;
    this.#limits = limits;
    this.#planOf = plansOf(limits);
  }

  get limits(): readonly Limit[] {
    return this.#limits;
  }

  /** Buckets of limits that keep their name go on as they are. */
  set limits(limits: readonly Limit[]) {
    this.#limits = limits;
    this.#planOf = plansOf(limits);
  }

  /** All limits of a call at once, all or nothing; undefined where none is for it. Throws or rejects as the store does. */
  take(call: PolicyCall): LimitOutcome | undefined | Promise<LimitOutcome> {
    const plan = this.#planOf(call.method);
    if (plan.length === 0) return undefined;
    return this.#takeAll(plan.map((planned) => demandOf(planned, call)));
  }

  /** From the bucket of one limit, by its key; for requests that are no calls. Undefined where the limit is gone, or free. */
  takeFrom(name: string, key: string): LimitOutcome | undefined | Promise<LimitOutcome> {
    const limit = this.#limits.find((one) => one.name === name);
    if (limit === undefined || limit.cost === 0) return undefined;
    const rule = limit.overrides.get(limit.key.canonical(key)) ?? limit.rule;
    return this.#takeAll([
      { ...rule, limit: name, key: limit.key.storedName(key), cost: limit.cost },
    ]);
  }

  #takeAll(demands: readonly BucketDemand[]): LimitOutcome | Promise<LimitOutcome> {
    const result = this.#store.take(demands);
    // A store may have promises of another kind.
    return "then" in result
      ? Promise.resolve(result).then((one) => outcomeOf(demands, one))
      : outcomeOf(demands, result);
  }
}

/** The limits that are for a method, or for `handlePath`, which has none. */
type PlanOf = (method: CalledMethod | undefined) => readonly PlannedLimit[];

function plansOf(limits: readonly Limit[]): PlanOf {
  const planOf: PlanOf = (method) =>
    limits
      .filter((limit) => concerns(limit, method))
      .map((limit) => ({ limit, cost: costOf(limit, method) }))
      .filter(({ cost }) => cost > 0);
  const cache = new PathCache(planOf);
  const withoutMethod = planOf(undefined);
  return (method) => (method === undefined ? withoutMethod : cache.get(method.path));
}

/** Whether a limit is for a method; for `handlePath`, which has none, it is when it is for all. */
export function concerns({ methods }: Limit, method: CalledMethod | undefined): boolean {
  return (
    methods === undefined ||
    (method !== undefined && methods.some(({ matches }) => matches(method)))
  );
}

function costOf({ cost, costs }: Limit, method: CalledMethod | undefined): number {
  if (method === undefined) return cost;
  return costs.find(({ matches }) => matches(method))?.cost ?? cost;
}

function demandOf({ limit, cost }: PlannedLimit, call: PolicyCall): BucketDemand {
  const { name, key, overrides } = limit;
  const override = overrides.size > 0 ? overrides.get(key.name(call) ?? "") : undefined;
  const { capacity, refillPerSecond } = override ?? limit.rule;
  return { limit: name, key: key.stored(call), cost, capacity, refillPerSecond };
}

/** Throws a TypeError for an answer of another shape, which an app's own store may give: it must let nothing pass. */
function outcomeOf(demands: readonly BucketDemand[], { taken, buckets }: TakeResult): LimitOutcome {
  if (typeof taken !== "boolean") throw new TypeError(`taken is ${String(taken)}`);
  let retryAfterMs = 0;
  const limits = demands.map(({ limit, capacity, refillPerSecond }, at): LimitState => {
    const { remaining = Number.NaN, waitMs = Number.NaN } = buckets[at] ?? {};
    if (!Number.isFinite(remaining) || !(waitMs >= 0)) {
      throw new TypeError(`buckets[${at}] has ${remaining} tokens and waits ${waitMs} ms`);
    }
    if (!taken && waitMs > retryAfterMs) retryAfterMs = waitMs;
    return { name: limit, capacity, refillPerSecond, remaining, waitMs };
  });
  return { allowed: taken, retryAfterMs, limits };
}
