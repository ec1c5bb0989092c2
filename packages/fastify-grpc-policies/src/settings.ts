import { type Breaker, type BreakerSettings, readBreaker } from "./breaker/breaker-settings.ts";
import {
  type Bulkhead,
  type BulkheadSettings,
  readBulkhead,
} from "./bulkhead/bulkhead-settings.ts";
import { type Limit, type LimitsSettings, readLimits } from "./limit/limit-settings.ts";
import { read } from "./option/read.ts";
import type { MethodPattern } from "./upstream/method-filter.ts";

/** What can change at run time, as a whole. Plain data: from a file, or from a key-value store. */
export interface PolicySettings {
  /** Rate limits by name. */
  readonly limits?: LimitsSettings;
  /** When calls to an upstream that fails are stopped; `{}` is more than 60 % of at least 5 calls within 10 s. */
  readonly circuitBreaker?: BreakerSettings | false;
  /** How many calls an upstream has at once. */
  readonly bulkhead?: BulkheadSettings | false;
}

/** Settings that were read: what is undefined is off. */
export interface ReadSettings {
  readonly limits: readonly Limit[] | undefined;
  readonly circuitBreaker: Breaker | undefined;
  readonly bulkhead: Bulkhead | undefined;
}

/** A kind of settings. */
export type SettingsKind = keyof PolicySettings;

/** The members of {@link PolicySettings}. */
export const settingsKeys: readonly SettingsKind[] = ["limits", "circuitBreaker", "bulkhead"];

/** Reads settings. Throws FST_GRPC_POLICIES_*. */
export function readSettings(value: unknown): ReadSettings {
  const { limits, circuitBreaker, bulkhead } = read.object(value, "", settingsKeys);
  return {
    limits: limits === undefined ? undefined : readLimits(limits, "limits"),
    circuitBreaker: isOff(circuitBreaker)
      ? undefined
      : readBreaker(circuitBreaker, "circuitBreaker"),
    bulkhead: isOff(bulkhead) ? undefined : readBulkhead(bulkhead, "bulkhead"),
  };
}

/** All that name methods. */
export function patternsOf({ limits, circuitBreaker, bulkhead }: ReadSettings): MethodPattern[] {
  return [
    ...(limits ?? []).flatMap(({ methods = [], costs }) => [...methods, ...costs]),
    ...(circuitBreaker?.patterns ?? []),
    ...(bulkhead?.patterns ?? []),
  ];
}

/** `false` is off as well: where the plugin is registered so, it can be switched on later. */
function isOff(value: unknown): boolean {
  return value === undefined || value === false;
}
