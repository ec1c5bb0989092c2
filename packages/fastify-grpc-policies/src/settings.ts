import { type Limit, type LimitsSettings, readLimits } from "./limit/limit-settings.ts";
import { readObject } from "./option/option-value.ts";

/** What can change at run time, as a whole. Plain data: from a file, or from a key-value store. */
export interface PolicySettings {
  /** Rate limits by name. */
  readonly limits?: LimitsSettings;
}

/** Settings that were read: what is undefined is off. */
export interface ReadSettings {
  readonly limits: readonly Limit[] | undefined;
}

/** The members of {@link PolicySettings}. */
export const settingsKeys = ["limits"] as const;

/** Reads settings. Throws FST_GRPC_POLICIES_*. */
export function readSettings(value: unknown): ReadSettings {
  const { limits } = readObject(value, "", settingsKeys);
  return { limits: limits === undefined ? undefined : readLimits(limits, "limits") };
}
