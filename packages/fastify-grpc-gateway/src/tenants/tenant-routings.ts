import { FST_GRPC_OPTION } from "../errors.ts";
import { type Check, positive, wholeNumber } from "../options/checks.ts";
import { requireNames, requireOption } from "../options/option-problem.ts";
import type { Routing } from "../routing/routing.ts";
import { followRouting, loadPlan } from "./load-plan.ts";
import { Tenant, type TenantStatus } from "./tenant.ts";
import { TenantEntry } from "./tenant-entry.ts";
import type { TenantOptions } from "./tenant-options.ts";
import type { TenantHost, TenantPlan } from "./tenant-plan.ts";

/** How long what is in flight may go on. */
export interface DrainOptions {
  /** Milliseconds until it is ended with UNAVAILABLE (503); 0 ends it at once, `Infinity` never. */
  readonly drainMs?: number;
}

/** Another generation of a tenant that is ready to serve. */
export interface TenantChange {
  /**
   * Swaps it in, at once. Throws FST_GRPC_OPTION when the tenant was set or deleted, or the app closed, since it was
   * prepared; as {@link GatewayTenants.set} does, when its gateway was reloaded, and it does not fit any more.
   */
  commit(drain?: DrainOptions): void;
}

/** How a tenant is stopped. */
export interface StopOptions extends DrainOptions {
  /** When clients are told to come back, in seconds. @default 5 */
  readonly retryAfterS?: number;
}

/** The tenants of a gateway that have something of their own, or that can be stopped. */
export interface GatewayTenants {
  /** In the order in which they were first set. */
  readonly names: readonly string[];
  /**
   * Gives a tenant what is its own, at once and as a whole, before the app is ready or after: another generation. Requests
   * in flight finish on the one that they were matched on, whose transport is closed when the last of them has ended
   * (`drainMs`: Infinity). A tenant that is stopped stays so. Rejects, and changes nothing: with FST_GRPC_OPTION for
   * malformed options, or when the tenant is set or deleted again meanwhile; with FST_GRPC_SCHEMA, FST_GRPC_CONFLICT
   * (within the tenant: two tenants may have equal bindings) or FST_GRPC_METHOD.
   */
  set(name: string, options: TenantOptions, drain?: DrainOptions): Promise<void>;
  /**
   * The first half of {@link set}: all that can fail. Nothing changes before the change is committed, so that several
   * tenants can be changed together or not at all.
   */
  prepare(name: string, options: TenantOptions): Promise<TenantChange>;
  /**
   * Refuses its requests from now on, with 503 and `Retry-After` by the error table, native calls with UNAVAILABLE.
   * Resolves to whether there is such a tenant, when nothing of it is in flight or `drainMs` (5000) are over, and its
   * channels are closed.
   */
  stop(name: string, options?: StopOptions): Promise<boolean>;
  /** Serves a tenant again that was stopped, with what was set last. Returns whether there is such a tenant. */
  start(name: string): boolean;
  /**
   * Takes it away, so that its requests are served as those of a tenant that was never set. Resolves as {@link stop}
   * does.
   */
  delete(name: string, options?: DrainOptions): Promise<boolean>;
  /** Undefined for a tenant that is not set. */
  status(name: string): TenantStatus | undefined;
}

const defaultDrainMs = 5_000;

const stopChecks: Readonly<Record<keyof StopOptions, Check<number>>> = {
  drainMs: {
    ...positive,
    expected: "a number of milliseconds, 0 or more, or Infinity",
    accepts: (value): value is number => typeof value === "number" && value >= 0,
  },
  retryAfterS: wholeNumber({ least: 0, most: 2_000_000 }, "a whole number of seconds"),
};

/** See {@link GatewayTenants}. */
export class TenantRoutings implements GatewayTenants {
  readonly #host: TenantHost;
  // A Map: clients choose the names that are looked up.
  readonly #tenants = new Map<string, Tenant>();
  /** Those that were deleted, while they are drained. */
  readonly #leaving = new Set<Tenant>();
  /** The latest change of each name that is being made. */
  readonly #changes = new Map<string, symbol>();
  #revision = 0;
  #isClosed = false;

  constructor(host: TenantHost) {
    this.#host = host;
  }

  get names(): readonly string[] {
    return [...this.#tenants.keys()];
  }

  /** Calls on the transports of tenants that have not ended. */
  get liveCalls(): number {
    const all = [...this.#tenants.values(), ...this.#leaving];
    return all.reduce((sum, { liveCalls }) => sum + liveCalls, 0);
  }

  find(name: string): Tenant | undefined {
    return this.#tenants.get(name);
  }

  async set(name: string, options: TenantOptions, drain: DrainOptions = {}): Promise<void> {
    checkStop("set", drain, ["drainMs"]);
    const change = await this.prepare(name, options);
    change.commit(drain);
  }

  async prepare(name: string, options: TenantOptions): Promise<TenantChange> {
    this.#requireOpen();
    const change = Symbol(name);
    this.#changes.set(name, change);
    try {
      const plan = await loadPlan(name, options, this.#host);
      // An upstream that grpc-js refuses is refused before anything changes.
      new TenantEntry(plan, this.#host).close();
      return { commit: (drain = {}) => this.#commit(plan, change, drain) };
    } catch (error) {
      if (this.#changes.get(name) === change) this.#changes.delete(name);
      throw error;
    }
  }

  #commit(plan: TenantPlan, change: symbol, drain: DrainOptions): void {
    const { drainMs = Number.POSITIVE_INFINITY } = checkStop("commit", drain, ["drainMs"]);
    const { tenant: name } = plan;
    this.#requireOpen();
    if (this.#changes.get(name) !== change) {
      throw new FST_GRPC_OPTION(
        `tenant ${JSON.stringify(name)} was set or deleted again before it was loaded`,
      );
    }
    // The gateway may have been reloaded since.
    if (!isUpToDate(plan, this.#host))
      plan.routing = followRouting(plan, this.#host.routing, this.#host);
    this.#changes.delete(name);
    this.#revision += 1;
    const tenant = this.#tenants.get(name);
    if (tenant !== undefined) tenant.set(plan, this.#revision, drainMs);
    else this.#tenants.set(name, new Tenant(plan, this.#host, this.#revision));
  }

  async stop(name: string, options: StopOptions = {}): Promise<boolean> {
    const given = checkStop("stop", options, ["drainMs", "retryAfterS"]);
    const { drainMs = defaultDrainMs, retryAfterS = 5 } = given;
    const tenant = this.#tenants.get(name);
    await tenant?.stop(drainMs, retryAfterS);
    return tenant !== undefined;
  }

  start(name: string): boolean {
    this.#requireOpen();
    const tenant = this.#tenants.get(name);
    tenant?.start();
    return tenant !== undefined;
  }

  async delete(name: string, options: DrainOptions = {}): Promise<boolean> {
    const { drainMs = defaultDrainMs } = checkStop("delete", options, ["drainMs"]);
    this.#changes.delete(name);
    const tenant = this.#tenants.get(name);
    if (tenant === undefined) return false;
    this.#tenants.delete(name);
    this.#leaving.add(tenant);
    await tenant.delete(drainMs);
    this.#leaving.delete(tenant);
    return true;
  }

  status(name: string): TenantStatus | undefined {
    return this.#tenants.get(name)?.status;
  }

  /**
   * Compiles the routes that tenants with the gateway's API will have by these of the gateway. Throws as
   * {@link set} where they do not fit; returns the function that swaps them.
   */
  follow(base: Routing): () => void {
    const followers = [...this.#tenants.values()]
      .map(({ plan }) => plan)
      .filter(({ followsGateway, hasOwnRoutes }) => followsGateway && hasOwnRoutes)
      .map((plan) => ({ plan, routing: followRouting(plan, base, this.#host) }));
    return () => {
      for (const { plan, routing } of followers) plan.routing = routing;
    };
  }

  /** Ends all calls on transports of tenants; the tenants stay, for requests to be told that they are UNAVAILABLE. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const all = [...this.#tenants.values(), ...this.#leaving];
    await Promise.all(all.map((tenant) => tenant.close()));
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new FST_GRPC_OPTION("tenants: the app has closed");
  }
}

/** Whether a plan's routes are by the gateway's as they are, where they are the gateway's at all. */
function isUpToDate(plan: TenantPlan, { routing }: TenantHost): boolean {
  if (!plan.followsGateway || !plan.hasOwnRoutes) return true;
  const { schema, pathRoutes } = plan.routing;
  return schema === routing.schema && pathRoutes === routing.pathRoutes;
}

function checkStop(
  method: string,
  options: StopOptions,
  known: readonly (keyof StopOptions)[],
): StopOptions {
  const path = `tenants.${method}`;
  requireNames(path, known, options);
  for (const name of known) {
    const value = options[name];
    if (value !== undefined) requireOption(`${path}: ${name}`, stopChecks[name], value);
  }
  return options;
}
