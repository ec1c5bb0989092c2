import type { Transport } from "grpc-transcoding";
import { FST_GRPC_OPTION } from "../errors.ts";
import type { GatewayParts } from "../routing/gateway-parts.ts";
import { checkConflicts } from "../routing/route-checks.ts";
import { buildRouting, type Routing } from "../routing/routing.ts";
import { loadGatewaySchema } from "../routing/schema-source.ts";
import { resolveUpstream } from "../transport/upstream.ts";
import { RetiredTransports } from "./retired-transports.ts";
import { TenantEntry } from "./tenant-entry.ts";
import { checkTenant, sourceOfTenant, type TenantOptions } from "./tenant-options.ts";

/** The tenants of a gateway that have an API or an upstream of their own. */
export interface GatewayTenants {
  /** In the order in which they were first set. */
  readonly names: readonly string[];
  /**
   * Gives a tenant what is its own, at once and as a whole, before the app is ready or after; requests in flight
   * finish on what they were matched on. Rejects, and changes nothing: with FST_GRPC_OPTION for malformed options, or
   * when the tenant is set or deleted again meanwhile; with FST_GRPC_SCHEMA, FST_GRPC_CONFLICT (within the tenant:
   * two tenants may have equal bindings) or FST_GRPC_METHOD.
   */
  set(name: string, options: TenantOptions): Promise<void>;
  /**
   * Takes it away, so that requests of this tenant are served as those of any unknown one. Its own transport is
   * closed: calls that run on it end with UNAVAILABLE. Resolves to whether there was one.
   */
  delete(name: string): Promise<boolean>;
}

/** A gateway as its tenants know it. */
export interface TenantHost {
  readonly parts: GatewayParts;
  /** Live. */
  readonly routing: Routing;
  /** Throws FST_GRPC_METHOD for routes of methods that the app's router will not give them. */
  requireMethods(routing: Routing): void;
}

/** See {@link GatewayTenants}. */
export class TenantRoutings implements GatewayTenants {
  readonly #host: TenantHost;
  // A Map: clients choose the names that are looked up.
  readonly #entries = new Map<string, TenantEntry>();
  /** The latest change of each name that is being made. */
  readonly #changes = new Map<string, symbol>();
  readonly #retired = new RetiredTransports();
  #isClosed = false;

  constructor(host: TenantHost) {
    this.#host = host;
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Calls on the transports of tenants that have not ended. */
  get liveCalls(): number {
    let sum = this.#retired.liveCalls;
    for (const { ownTransport } of this.#entries.values()) sum += ownTransport?.liveCalls ?? 0;
    return sum;
  }

  get(name: string): TenantEntry | undefined {
    return this.#entries.get(name);
  }

  async set(name: string, options: TenantOptions): Promise<void> {
    checkTenant(name, options);
    this.#requireOpen();
    const change = Symbol(name);
    this.#changes.set(name, change);
    const ownTransport = this.#connect(options);
    try {
      const routing = await this.#load(name, options, ownTransport);
      this.#requireOpen();
      if (this.#changes.get(name) !== change) {
        throw new FST_GRPC_OPTION(
          `tenant ${JSON.stringify(name)} was set or deleted again before it was loaded`,
        );
      }
      this.#swap(name, new TenantEntry(this.#host, routing, ownTransport));
    } catch (error) {
      await ownTransport?.close?.();
      throw error;
    } finally {
      if (this.#changes.get(name) === change) this.#changes.delete(name);
    }
  }

  async delete(name: string): Promise<boolean> {
    this.#changes.delete(name);
    const entry = this.#entries.get(name);
    if (entry === undefined) return false;
    this.#entries.delete(name);
    entry.removed();
    await entry.ownTransport?.close?.();
    return true;
  }

  /** Ends all calls on transports of tenants; the tenants stay, for requests to be told that they are UNAVAILABLE. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const entries = [...this.#entries.values()];
    await Promise.all([
      this.#retired.close(),
      ...entries.map(({ ownTransport }) => ownTransport?.close?.()),
    ]);
  }

  #connect({ upstream }: TenantOptions): Transport | undefined {
    if (upstream === undefined) return undefined;
    const { options, log, transport } = this.#host.parts;
    return transport.sibling(resolveUpstream(upstream, options.limits, log).transport);
  }

  async #load(
    name: string,
    tenant: TenantOptions,
    ownTransport: Transport | undefined,
  ): Promise<Routing | undefined> {
    const source = sourceOfTenant(tenant);
    if (source === undefined) return undefined;
    const { parts } = this.#host;
    const { options, log, constraint, prefix } = parts;
    const { services, ...shared } = options;
    const schema = await loadGatewaySchema(
      { ...shared, ...(tenant.services && { services: tenant.services }) },
      ownTransport ?? parts.transport,
      log,
      source,
    );
    const routing = buildRouting(schema, [], constraint, options);
    this.#host.requireMethods(routing);
    const own = { name: `${parts.name}, tenant ${name}`, prefix, routes: routing.bindings };
    const warnings = [...routing.warnings, ...checkConflicts(own, [], options.onConflict)];
    for (const { message, code } of warnings) log.warn({ code, tenant: name }, message);
    return routing;
  }

  #swap(name: string, entry: TenantEntry): void {
    const before = this.#entries.get(name);
    this.#entries.set(name, entry);
    before?.removed();
    if (before?.ownTransport !== undefined) this.#retired.add(before.ownTransport);
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new FST_GRPC_OPTION("tenants: the app has closed");
  }
}
