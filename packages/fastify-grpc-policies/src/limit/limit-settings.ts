import { memberPath } from "grpc-transcoding/internal";
import { read, readSome } from "../option/read.ts";
import { type MethodPattern, readMethodPattern } from "../upstream/method-filter.ts";
import { type LimitBy, type LimitKey, readLimitKey } from "./limit-key.ts";
import type { BucketRule } from "./token-bucket.ts";

/** One limit: a token bucket for each value of its key. */
export interface LimitSettings extends BucketRule {
  /** What tells buckets apart; of a list, all of it together; `[]` is one bucket for all. */
  readonly by: LimitBy | readonly LimitBy[];
  /** The methods that it is for: `"library.v1.LibraryService/GetBook"`, `"library.v1.*"`. @default all, and `handlePath` */
  readonly methods?: readonly string[];
  /** Tokens of a call. @default 1 */
  readonly cost?: number;
  /** Other costs by method; the first that matches counts. 0 is free. */
  readonly costs?: Readonly<Record<string, number>>;
  /** Other buckets for some values of the key: `{ acme: { capacity: 10, refillPerSecond: 1 } }`. */
  readonly overrides?: Readonly<Record<string, BucketRule>>;
}

/** Limits by name; a call must pass all of those that are for it. */
export type LimitsSettings = Readonly<Record<string, LimitSettings>>;

/** A limit, read. */
export interface Limit {
  readonly name: string;
  readonly rule: BucketRule;
  readonly key: LimitKey;
  /** Undefined for all methods. */
  readonly methods: readonly MethodPattern[] | undefined;
  readonly cost: number;
  readonly costs: readonly (MethodPattern & { readonly cost: number })[];
  readonly overrides: ReadonlyMap<string, BucketRule>;
}

// Some thousand years: what headers and google.protobuf.Duration can tell.
const maxFillSeconds = 1e11;

const keys = ["by", "capacity", "refillPerSecond", "methods", "cost", "costs", "overrides"];

/** Reads limits. Throws FST_GRPC_POLICIES_*. */
export function readLimits(value: unknown, path: string): readonly Limit[] {
  return Object.entries(read.object(value, path)).map(([name, limit]) => {
    // It stands in response headers as a text of RFC 9651, and in keys of Redis.
    if (!/^[\w.-]{1,64}$/.test(name)) {
      throw read.refusal(
        memberPath(path, name),
        limit,
        "name a limit by letters, digits, '_', '-' and '.'",
      );
    }
    return readLimit(name, limit, memberPath(path, name));
  });
}

function readLimit(name: string, value: unknown, path: string): Limit {
  const given = read.object(value, path, keys);
  const { by, methods, cost = 1, costs = {}, overrides = {} } = given;
  const rule = readRule(given, path);
  const key = readLimitKey(by, `${path}.by`);
  const limit: Limit = {
    name,
    rule,
    key,
    methods: read.optional(methods, `${path}.methods`, (list, at) =>
      readSome(list, at, readMethodPattern),
    ),
    cost: read.number(cost, `${path}.cost`),
    costs: Object.entries(read.object(costs, `${path}.costs`)).map(([pattern, one]) => {
      const at = memberPath(`${path}.costs`, pattern);
      return { ...readMethodPattern(pattern, at), cost: read.number(one, at) };
    }),
    overrides: new Map(
      Object.entries(read.object(overrides, `${path}.overrides`)).map(([of, one]) => {
        const at = memberPath(`${path}.overrides`, of);
        return [
          key.canonical(of),
          readRule(read.object(one, at, ["capacity", "refillPerSecond"]), at),
        ];
      }),
    ),
  };
  if (limit.overrides.size > 0 && key.parts !== 1) {
    throw read.refusal(
      `${path}.overrides`,
      overrides,
      "they go by the value of a key, so let `by` be one key",
    );
  }
  checkCosts(limit, path);
  return limit;
}

function readRule(
  { capacity, refillPerSecond }: Readonly<Record<string, unknown>>,
  path: string,
): BucketRule {
  const rule = {
    // RateLimit-Policy has whole numbers.
    capacity: read.integer(capacity, `${path}.capacity`, { from: 1, to: 1e12 }),
    refillPerSecond: read.number(refillPerSecond, `${path}.refillPerSecond`, { to: 1e12 }),
  };
  const isEndless = rule.capacity / rule.refillPerSecond > maxFillSeconds;
  if (rule.refillPerSecond === 0 || !isEndless) return rule;
  throw read.refusal(
    `${path}.refillPerSecond`,
    refillPerSecond,
    "the bucket would not be full in thousands of years: give more, or 0 for never",
  );
}

/** A call that costs more than a full bucket could never pass. */
function checkCosts({ cost, costs, rule, overrides }: Limit, path: string): void {
  const highest = Math.max(cost, ...costs.map((one) => one.cost));
  const smallest = Math.min(rule.capacity, ...[...overrides.values()].map((one) => one.capacity));
  if (highest <= smallest) return;
  throw read.refusal(
    `${path}.capacity`,
    smallest,
    `a call costs up to ${highest} and could never pass: make it at least that`,
  );
}
