import type { FastifyInstance } from "fastify";
import {
  type ErrorMapper,
  type GatewayEntry,
  type GatewayRegistry,
  gatewayRegistry,
  type Interceptor,
  type Policy,
} from "grpc-transcoding";
import { loadOpossum } from "./breaker/load-opossum.ts";
import type { LimitStore } from "./limit/limit-store.ts";
import { createMemoryStore } from "./limit/memory-store.ts";
import { ownBuckets } from "./limit/own-buckets.ts";
import { type FastifyGrpcPoliciesOptions, resolveOptions } from "./options.ts";
import { GrpcPolicies } from "./policies.ts";
import { type PolicySettings, type SettingsKind, settingsKeys } from "./settings.ts";
import { sharedUpstream } from "./upstream/shared-upstream.ts";

/** Whose policies they are, and what they work with. */
export interface TenantPoliciesHost
  extends Pick<
    FastifyGrpcPoliciesOptions,
    "store" | "onStoreError" | "rateLimitHeaders" | "onEvent"
  > {
  readonly app: FastifyInstance;
  /** The name of the tenant's gateway. */
  readonly gateway: string;
  readonly tenant: string;
  /** The tenant's error table, for the document. @default that of the gateway */
  readonly errors?: ErrorMapper;
  /** Those of the generation before: circuits and bulkheads whose settings stay, and the buckets of limits, go on. */
  readonly previous?: TenantPolicies | undefined;
}

/** The policies of one generation of a tenant, for its options `policies` and `interceptors`. */
export interface TenantPolicies {
  readonly policies: readonly Policy[];
  readonly interceptors: readonly Interceptor[];
  /** Lets go of timers and gauges that no other generation uses; to be called once, when the generation is over or was never used. */
  close(): void;
}

/** What one kind of settings came to, which generations with equal settings share. */
interface Part {
  readonly kind: SettingsKind;
  readonly text: string;
  readonly policies: readonly Policy[];
  readonly interceptors: readonly Interceptor[];
  users: number;
  close(): void;
}

interface Generation extends TenantPolicies {
  readonly store: LimitStore;
  readonly parts: readonly Part[];
}

/**
 * Makes the policies of one generation of a tenant, by settings as the plugin has them, without the plugin. Another generation
 * is made with the one before as `previous`; neither changes what the other does. Buckets are the tenant's own, also in a
 * store that many tenants share. Throws FST_GRPC_POLICIES_* for settings that are wrong.
 */
export async function createPolicies(
  settings: PolicySettings,
  host: TenantPoliciesHost,
): Promise<TenantPolicies> {
  const { app, gateway, tenant, errors, previous, ...options } = host;
  const before = previous as Generation | undefined;
  // Read as a whole first: nothing is made, nor shared, where one of them is wrong.
  const whole = resolveOptions({ ...settings, ...options });
  const given = settingsKeys.filter((kind) => whole.settings[kind] !== undefined);
  const opossum = given.includes("circuitBreaker") ? await loadOpossum() : undefined;
  const store = host.store ?? before?.store ?? createMemoryStore();
  const parts = given.map((kind): Part => {
    const text = JSON.stringify(sorted(settings[kind]));
    const present = before?.parts.find((part) => part.kind === kind && part.text === text);
    // A limiter keeps nothing itself, and may be told of another store.
    if (present !== undefined && kind !== "limits") return present;
    const own = resolveOptions({
      ...options,
      [kind]: settings[kind],
      store: ownBuckets(store, tenant),
    });
    const made = new GrpcPolicies(own, {
      log: app.log,
      registry: labelled(gatewayRegistry(app.server), tenant),
      opossum: kind === "circuitBreaker" ? opossum : undefined,
    });
    return {
      kind,
      text,
      users: 0,
      ...collect(made, app, gateway, errors),
      close: () => made.close(),
    };
  });
  for (const part of parts) part.users += 1;
  let isClosed = false;
  const generation: Generation = {
    store,
    parts,
    policies: parts.flatMap(({ policies }) => policies),
    // What finds no room has not been to the upstream, so the breaker stands inside.
    interceptors: [...parts]
      .sort((a, b) => Number(a.kind === "circuitBreaker") - Number(b.kind === "circuitBreaker"))
      .flatMap(({ interceptors }) => interceptors),
    close() {
      if (isClosed) return;
      isClosed = true;
      for (const part of parts) {
        part.users -= 1;
        if (part.users === 0) part.close();
      }
    },
  };
  return generation;
}

/** What the policies would put around a gateway's calls. */
function collect(
  made: GrpcPolicies,
  app: FastifyInstance,
  gateway: string,
  errors: ErrorMapper | undefined,
): Pick<Part, "policies" | "interceptors"> {
  const policies: Policy[] = [];
  const interceptors: Interceptor[] = [];
  made.attach({
    name: gateway,
    get errors() {
      const { gateways } = gatewayRegistry(app.server);
      return errors ?? gateways.find(({ name }) => name === gateway)?.errors;
    },
    use: (policy) => void policies.push(policy),
    intercept: (interceptor) => void interceptors.push(sharedUpstream(interceptor)),
  } as Pick<GatewayEntry, "name" | "errors" | "use" | "intercept"> as GatewayEntry);
  return { policies, interceptors };
}

/** The registry, where every gauge tells the tenant. */
function labelled(registry: GatewayRegistry, tenant: string): GatewayRegistry {
  return {
    ...registry,
    addGauge: ({ name, help, labels, read }) =>
      registry.addGauge({ name, help, labels: { ...labels, tenant }, read }),
    get revision() {
      return registry.revision;
    },
  };
}

/** Equal texts for equal settings. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, sorted(member)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
