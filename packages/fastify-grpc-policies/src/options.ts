import { FST_GRPC_POLICIES_OPTION } from "./errors.ts";
import type { OnStoreError } from "./limit/limit-policy.ts";
import type { LimitStore } from "./limit/limit-store.ts";
import { createMemoryStore } from "./limit/memory-store.ts";
import {
  quote,
  readBoolean,
  readChoice,
  readList,
  readObject,
  readText,
} from "./option/option-value.ts";
import { type PolicySettings, type ReadSettings, readSettings, settingsKeys } from "./settings.ts";

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
}

/** Options that were read. */
export interface ResolvedOptions {
  readonly settings: ReadSettings;
  readonly gateways: readonly string[] | undefined;
  readonly store: LimitStore;
  readonly onStoreError: OnStoreError;
  readonly rateLimitHeaders: boolean;
}

const optionKeys = ["gateways", "store", "onStoreError", "rateLimitHeaders"] as const;

/** Reads options. Throws FST_GRPC_POLICIES_*. */
export function resolveOptions(options: FastifyGrpcPoliciesOptions): ResolvedOptions {
  // Fastify adds the options of `register` itself.
  const given = readObject(options, "", [...settingsKeys, ...optionKeys, "prefix", "logLevel"]);
  const { gateways, store, onStoreError = "allow", rateLimitHeaders = true } = given;
  const settings = Object.fromEntries(settingsKeys.map((key) => [key, given[key]]));
  return {
    settings: readSettings(settings),
    gateways: gateways === undefined ? undefined : readList(gateways, "gateways", readText),
    store: store === undefined ? createMemoryStore() : readStore(store),
    onStoreError: readChoice(onStoreError, "onStoreError", ["allow", "refuse"]),
    rateLimitHeaders: readBoolean(rateLimitHeaders, "rateLimitHeaders"),
  };
}

function readStore(value: unknown): LimitStore {
  if (typeof (value as Partial<LimitStore> | null)?.take === "function") return value as LimitStore;
  throw new FST_GRPC_POLICIES_OPTION(
    "store",
    quote(value),
    "give createMemoryStore(), createRedisStore({ client }), or an object with take(demands)",
  );
}
