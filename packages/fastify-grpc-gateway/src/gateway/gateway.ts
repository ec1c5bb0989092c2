import type { FastifyRequest } from "fastify";
import {
  type CallObserver,
  defaultErrorMapper,
  type ErrorMapper,
  type Interceptor,
  type Policy,
  type Route,
  type Schema,
} from "grpc-transcoding";
import { FST_GRPC_METHOD, FST_GRPC_OPTION } from "../errors.ts";
import type { PathRoute } from "../mount/mounted-route.ts";
import type { Served } from "../mount/route-selection.ts";
import { GatewayResponder } from "../responder/responder.ts";
import type { GatewayParts } from "../routing/gateway-parts.ts";
import { requireMethodNames } from "../routing/method-options.ts";
import { bindingsOf, checkConflicts } from "../routing/route-checks.ts";
import { buildRouting, type Routing, withPathRoutes } from "../routing/routing.ts";
import { TenantRoutings } from "../tenants/tenant-routings.ts";
import type { GatewayState } from "./gateway-state.ts";

/**
 * One gateway at work: its current routes, swapped as a whole by {@link reload}, and how its requests
 * are answered. Knows nothing of the Fastify scope that it is mounted in.
 */
export class Gateway implements GatewayState {
  readonly parts: GatewayParts;
  readonly #responder: GatewayResponder;
  readonly #beforeReload: ((schema: Schema) => void)[] = [];
  readonly tenants: TenantRoutings;
  #routing: Routing;
  /** Made with each routing, not with each request. */
  #served: Served;
  #routedMethods: ReadonlySet<string> | undefined;
  #mapper: ErrorMapper | undefined;
  #revision = 0;
  #isReady = false;

  constructor(parts: GatewayParts) {
    this.parts = parts;
    // Other methods may be those of a tenant's own API.
    if (parts.options.tenant === undefined) requireMethodNames(parts.schema, parts.options);
    this.#responder = new GatewayResponder({
      options: parts.options,
      policies: () => parts.policies,
      mapper: () => this.mapper,
      maxBodyBytes: parts.maxBodyBytes,
      logsRequest: parts.logsRequest,
    });
    this.#routing = this.#build(parts.schema, []);
    this.#served = this.#servedBy(this.#routing);
    this.tenants = new TenantRoutings(this);
  }

  get routing(): Routing {
    return this.#routing;
  }

  get revision(): number {
    return this.#revision;
  }

  get schema(): Schema {
    return this.#routing.schema;
  }

  get mapper(): ErrorMapper {
    return this.#mapper ?? defaultErrorMapper;
  }

  /** The mapper that was found when the app was ready. */
  set mapper(mapper: ErrorMapper) {
    this.#mapper = mapper;
    this.#revision += 1;
  }

  /** Whether the app serves. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** The HTTP methods that the gateway's Fastify route has: known once that is registered. */
  set routedMethods(methods: Iterable<string>) {
    this.#routedMethods = new Set(methods);
  }

  /**
   * Swaps all routes at once. Requests in flight finish on the routes that they were matched on. Throws
   * FST_GRPC_SCHEMA, FST_GRPC_CONFLICT or FST_GRPC_METHOD, and changes nothing, when the new ones do not fit.
   */
  reload(schema: Schema): void {
    const routing = this.#build(schema, this.#routing.pathRoutes);
    this.requireMethods(routing);
    const followTenants = this.tenants.follow(routing);
    for (const listener of this.#beforeReload) listener(schema);
    this.#serve(routing);
    followTenants();
    const { emit, name, log } = this.parts;
    const failed = (error: unknown): void =>
      log.error({ err: error }, "a listener to the gateways' events threw");
    emit({ type: "reload", gateway: name }, failed).forEach(failed);
  }

  /** Fastify takes no routes once it is ready, so neither methods that none of its routes has. */
  requireMethods({ bindings }: Routing): void {
    const methods = new Set(bindings.map(({ httpMethod }) => httpMethod));
    for (const method of methods) {
      if (method !== "*" && this.#routedMethods?.has(method) === false) {
        throw new FST_GRPC_METHOD(JSON.stringify(method));
      }
    }
  }

  use(policy: Policy<FastifyRequest>, place?: "first" | "last"): void {
    if (typeof policy !== "function") {
      throw new FST_GRPC_OPTION(`use: a policy must be a function; got ${typeof policy}`);
    }
    if (place === "first") this.parts.policies.unshift(policy);
    else this.parts.policies.push(policy);
    this.#revision += 1;
  }

  policiesChanged(): void {
    this.#revision += 1;
  }

  intercept(interceptor: Interceptor): void {
    if (typeof interceptor !== "function") {
      throw new FST_GRPC_OPTION(
        `intercept: an interceptor must be a function; got ${typeof interceptor}`,
      );
    }
    this.#requireLoading("intercept");
    this.parts.transport.intercept(interceptor);
  }

  observe(observer: CallObserver): void {
    this.#requireLoading("observe");
    this.parts.observed.observe(observer);
  }

  /** The app is ready: its error table is known, and what stands around calls. */
  ready(mapper: ErrorMapper): void {
    this.mapper = mapper;
    this.#isReady = true;
    const attempts = this.parts.observed.start();
    if (attempts !== undefined) this.parts.transport.observe(attempts);
  }

  #requireLoading(what: string): void {
    if (!this.#isReady) return;
    throw new FST_GRPC_OPTION(
      `${what}: call it while the app's plugins load, not once it is ready`,
    );
  }

  /** Calls back with the schema of each reload, before the routes are swapped. A throw stops it. */
  beforeReload(listener: (schema: Schema) => void): void {
    this.#beforeReload.push(listener);
  }

  /** Adds the route of a `handlePath`. Throws FST_GRPC_CONFLICT when a binding has its requests. */
  addPathRoute(route: PathRoute): void {
    const pathRoutes = [...this.#routing.pathRoutes, route];
    this.#check({ ...this.#routing, pathRoutes }, route);
    const routing = withPathRoutes(this.#routing, pathRoutes, this.parts.options);
    const followTenants = this.tenants.follow(routing);
    this.#serve(routing);
    followTenants();
  }

  /** What requests of a tenant are matched on: its own generation, or that of the gateway. */
  servedTo(tenant: string | undefined): Served {
    return (tenant !== undefined && this.tenants.find(tenant)?.served) || this.#served;
  }

  /** Calls that have not ended, of tenants as well. */
  get liveCalls(): number {
    return (this.parts.transport.liveCalls ?? 0) + this.tenants.liveCalls;
  }

  /** Ends all calls. */
  async close(): Promise<void> {
    await Promise.all([this.parts.transport.close?.(), this.tenants.close()]);
  }

  #build(schema: Schema, pathRoutes: readonly PathRoute[]): Routing {
    const { constraint, options, log } = this.parts;
    const routing = buildRouting(schema, pathRoutes, constraint, options);
    for (const { message, code } of routing.warnings) log.warn({ code }, message);
    this.#check(routing);
    return routing;
  }

  #serve(routing: Routing): void {
    this.#routing = routing;
    this.#served = this.#servedBy(routing);
    this.#revision += 1;
  }

  #servedBy(routing: Routing): Served {
    const { transport } = this.parts;
    return {
      routing,
      transport,
      responder: this.#responder,
      inFlight: undefined,
      refusal: undefined,
    };
  }

  #check({ rpcRoutes, pathRoutes }: Omit<Routing, "table">, added?: Route): void {
    const { name, prefix, options, others, log } = this.parts;
    const own = { name, prefix, routes: [...bindingsOf(rpcRoutes), ...pathRoutes] };
    const warnings = checkConflicts(own, others(), options.onConflict, added);
    for (const { message, code } of warnings) log.warn({ code }, message);
  }
}
