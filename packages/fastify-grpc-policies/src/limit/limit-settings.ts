import { FST_GRPC_POLICIES_OPTION } from "../errors.ts";
import { type MatchesMethod, readMethodPattern } from "../option/method-pattern.ts";
import {
  memberPath,
  quote,
  readInteger,
  readList,
  readNumber,
  readObject,
} from "../option/option-value.ts";
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
  readonly methods: readonly MatchesMethod[] | undefined;
  readonly cost: number;
  readonly costs: readonly { readonly matches: MatchesMethod; readonly cost: number }[];
  readonly overrides: ReadonlyMap<string, BucketRule>;
}

const keys = ["by", "capacity", "refillPerSecond", "methods", "cost", "costs", "overrides"];

/** Reads limits. Throws FST_GRPC_POLICIES_*. */
export function readLimits(value: unknown, path: string): readonly Limit[] {
  return Object.entries(readObject(value, path)).map(([name, limit]) => {
    // It stands in response headers as a text of RFC 9651, and in keys of Redis.
    if (!/^[\w.-]{1,64}$/.test(name)) {
      throw new FST_GRPC_POLICIES_OPTION(
        memberPath(path, name),
        quote(limit),
        "name a limit by letters, digits, '_', '-' and '.'",
      );
    }
    return readLimit(name, limit, memberPath(path, name));
  });
}

function readLimit(name: string, value: unknown, path: string): Limit {
  const given = readObject(value, path, keys);
  const { by, methods, cost = 1, costs = {}, overrides = {} } = given;
  const rule = readRule(given, path);
  const key = readLimitKey(by, `${path}.by`);
  const limit: Limit = {
    name,
    rule,
    key,
    methods:
      methods === undefined ? undefined : readList(methods, `${path}.methods`, readMethodPattern),
    cost: readNumber(cost, `${path}.cost`, 0),
    costs: Object.entries(readObject(costs, `${path}.costs`)).map(([pattern, one]) => {
      const at = memberPath(`${path}.costs`, pattern);
      return { matches: readMethodPattern(pattern, at), cost: readNumber(one, at, 0) };
    }),
    overrides: new Map(
      Object.entries(readObject(overrides, `${path}.overrides`)).map(([of, one]) => {
        const at = memberPath(`${path}.overrides`, of);
        return [of, readRule(readObject(one, at, ["capacity", "refillPerSecond"]), at)];
      }),
    ),
  };
  if (limit.overrides.size > 0 && !key.hasName) {
    throw new FST_GRPC_POLICIES_OPTION(
      `${path}.overrides`,
      quote(overrides),
      "they go by the value of a key, so let `by` be one key and no list",
    );
  }
  checkCosts(limit, path);
  return limit;
}

function readRule(
  { capacity, refillPerSecond }: Readonly<Record<string, unknown>>,
  path: string,
): BucketRule {
  return {
    // RateLimit-Policy has whole numbers.
    capacity: readInteger(capacity, `${path}.capacity`, 1, 1e12),
    refillPerSecond: readNumber(refillPerSecond, `${path}.refillPerSecond`, 0, 1e12),
  };
}

/** A call that costs more than a full bucket could never pass. */
function checkCosts({ cost, costs, rule, overrides }: Limit, path: string): void {
  const highest = Math.max(cost, ...costs.map((one) => one.cost));
  const smallest = Math.min(rule.capacity, ...[...overrides.values()].map((one) => one.capacity));
  if (highest <= smallest) return;
  throw new FST_GRPC_POLICIES_OPTION(
    `${path}.capacity`,
    quote(smallest),
    `a call costs up to ${highest} and could never pass: make it at least that`,
  );
}
