import type { GatewayEvent } from "grpc-transcoding";
import type { OnStoreError } from "./limit/limit-policy.ts";
import type { LimitStore } from "./limit/limit-store.ts";
import { createMemoryStore } from "./limit/memory-store.ts";
import { read, readSome } from "./option/read.ts";
import {
  type PolicySettings,
  type ReadSettings,
  readSettings,
  type SettingsKind,
  settingsKeys,
} from "./settings.ts";

/** Options of the plugin: settings, which can change, and what they work with, which cannot. */
export interface FastifyGrpcPoliciesOptions extends PolicySettings {
  /** The names of the gateways that it is for. @default all of the app */
  readonly gateways?: readonly string[];
  /** Where buckets are kept. @default createMemoryStore() */
  readonly store?: LimitStore;
  /** Whether calls pass while the store cannot tell, or are refused with 503. @default "allow" */
  readonly onStoreError?: OnStoreError;
  /** Whether responses have the headers `RateLimit` and `RateLimit-Policy`. @default true */
  readonly rateLimitHeaders?: boolean;
  /** Told what happens: `breaker-open`, `breaker-half-open`, `breaker-closed`. The registry's listeners are told as well. */
  readonly onEvent?: (event: GatewayEvent) => unknown;
}

/** Options that were read. */
export interface ResolvedOptions {
  readonly settings: ReadSettings;
  /** Those that were given, if only as `false`. */
  readonly installed: ReadonlySet<SettingsKind>;
  readonly gateways: readonly string[] | undefined;
  readonly store: LimitStore;
  readonly onStoreError: OnStoreError;
  readonly rateLimitHeaders: boolean;
  readonly onEvent: ((event: GatewayEvent) => unknown) | undefined;
}

const optionKeys = ["gateways", "store", "onStoreError", "rateLimitHeaders", "onEvent"] as const;

/** Reads options. Throws FST_GRPC_POLICIES_*. */
export function resolveOptions(options: FastifyGrpcPoliciesOptions): ResolvedOptions {
  const given = read.plugin(options, [...settingsKeys, ...optionKeys]);
  const { gateways, store = createMemoryStore(), onEvent } = given;
  const { onStoreError = "allow", rateLimitHeaders = true } = given;
  const settings = Object.fromEntries(settingsKeys.map((key) => [key, given[key]]));
  return {
    settings: readSettings(settings),
    installed: new Set(settingsKeys.filter((kind) => given[kind] !== undefined)),
    gateways: read.optional(gateways, "gateways", (list, at) => readSome(list, at, read.text)),
    store: readStore(store),
    onStoreError: read.choice(onStoreError, "onStoreError", ["allow", "refuse"]),
    rateLimitHeaders: read.boolean(rateLimitHeaders, "rateLimitHeaders"),
    onEvent: read.optional(onEvent, "onEvent", read.function<(event: GatewayEvent) => unknown>),
  };
}

function readStore(value: unknown): LimitStore {
  if (typeof (value as Partial<LimitStore> | null)?.take === "function") return value as LimitStore;
  throw read.refusal(
    "store",
    value,
    "give createMemoryStore(), createRedisStore({ client }), or an object with take(demands)",
  );
}
