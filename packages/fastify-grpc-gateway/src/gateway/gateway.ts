import type { FastifyReply, FastifyRequest } from "fastify";
import {
  type CallObserver,
  defaultErrorMapper,
  type ErrorMapper,
  type Failure,
  type Interceptor,
  type Policy,
  type Route,
  type Schema,
} from "grpc-transcoding";
import { answerCall } from "../call/answer-call.ts";
import { type CallRuntime, createCallRuntime } from "../call/call-runtime.ts";
import { FST_GRPC_METHOD, FST_GRPC_OPTION } from "../errors.ts";
import { guardRequests, type RequestGuard } from "../guard/guard-request.ts";
import type { LogsRequest } from "../logging/request-logging.ts";
import type { PathPolicies, PathRoute } from "../mount/mounted-route.ts";
import { findSelection, type Served, selectionOf } from "../mount/route-selection.ts";
import { routingFailure } from "../mount/routing-failure.ts";
import { stripPrefix } from "../mount/url-prefix.ts";
import type { ResolvedOptions } from "../options/resolved-options.ts";
import type { GatewayParts } from "../routing/gateway-parts.ts";
import { requireMethodNames } from "../routing/method-options.ts";
import { checkConflicts } from "../routing/route-checks.ts";
import { buildRouting, type Routing, withPathRoutes } from "../routing/routing.ts";
import { TenantRoutings } from "../tenants/tenant-routings.ts";
import { answerFailure, type FailureAnswers, mapFailure } from "./answer-failure.ts";
import type { GatewayState } from "./gateway-state.ts";

/**
 * One gateway at work: its current routes, swapped as a whole by {@link reload}, and how its requests
 * are answered. Knows nothing of the Fastify scope that it is mounted in.
 */
export class Gateway implements GatewayState, FailureAnswers {
  readonly parts: GatewayParts;
  readonly requestGuard: RequestGuard;
  readonly #runtime: CallRuntime;
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
    this.#routing = this.#build(parts.schema, []);
    this.#served = { routing: this.#routing, transport: parts.transport };
    this.tenants = new TenantRoutings(this);
    this.requestGuard = guardRequests(parts.policies);
    this.#runtime = createCallRuntime(parts.options, {
      guard: this.requestGuard,
      maxBodyBytes: parts.maxBodyBytes,
      logsRequest: parts.logsRequest,
      streamError: (failure, request) => mapFailure(this, failure, request, true).body,
    });
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

  get json(): ResolvedOptions["json"] {
    return this.parts.options.json;
  }

  get challenge(): ResolvedOptions["challenge"] {
    return this.parts.options.challenge;
  }

  get logsRequest(): LogsRequest {
    return this.parts.logsRequest;
  }

  get mapper(): ErrorMapper {
    return this.#mapper ?? defaultErrorMapper;
  }

  /** The mapper that was found when the app was ready. */
  set mapper(mapper: ErrorMapper) {
    this.#mapper = mapper;
    this.#revision += 1;
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
    for (const listener of this.#beforeReload) listener(schema);
    this.#serve(routing);
    const { emit, name, log } = this.parts;
    for (const error of emit({ type: "reload", gateway: name })) {
      log.error({ err: error }, "a listener to the gateways' events threw");
    }
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

  use(policy: Policy<FastifyRequest>): void {
    if (typeof policy !== "function") {
      throw new FST_GRPC_OPTION(`use: a policy must be a function; got ${typeof policy}`);
    }
    this.parts.policies.push(policy);
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
    this.#serve(withPathRoutes(this.#routing, pathRoutes, this.parts.options));
  }

  servedTo(tenant: string | undefined): Served {
    return (tenant !== undefined && this.tenants.get(tenant)) || this.#served;
  }

  /** Calls that have not ended, of tenants as well. */
  get liveCalls(): number {
    return (this.parts.transport.liveCalls ?? 0) + this.tenants.liveCalls;
  }

  /** Ends all calls. */
  async close(): Promise<void> {
    await Promise.all([this.parts.transport.close?.(), this.tenants.close()]);
  }

  /** As grpc-gateway has it (runtime/handler.go, handleForwardResponseStreamError): failures of calls, not of requests. */
  wrapsFailure({ raw }: FastifyRequest, { origin }: Failure): boolean {
    if (this.parts.options.streamEnvelope !== "result" || origin === "gateway") return false;
    const match = findSelection(raw)?.match;
    return (
      match?.status === 200 &&
      match.route.kind === "rpc" &&
      match.route.binding.method.serverStreaming
    );
  }

  tenant({ raw }: FastifyRequest): string | undefined {
    return findSelection(raw)?.tenant;
  }

  schemaOf({ raw }: FastifyRequest): Schema {
    return findSelection(raw)?.served.routing.schema ?? this.schema;
  }

  otherMethods({ raw, method }: FastifyRequest): readonly string[] {
    const { prefix, served } = selectionOf(raw);
    const rest = stripPrefix(prefix, raw.url ?? "");
    // No route has this method, so the table names those that the path has.
    const match = rest === undefined ? undefined : served.routing.table.match("", rest);
    return match?.status === 405 ? match.allow.filter((other) => other !== method) : [];
  }

  setResponseHeaders(...args: Parameters<CallRuntime["setResponseHeaders"]>): void {
    this.#runtime.setResponseHeaders(...args);
  }

  /** What requests of path handlers pass first. A refusal is the error table's, whatever the handler's scope has. */
  get pathPolicies(): PathPolicies {
    const { requestGuard } = this;
    return {
      get isOpen() {
        return requestGuard.isOpen;
      },
      admit: (request, reply) =>
        new Promise((resolve) => {
          const refused = (error: unknown): void => {
            answerFailure(this, error, request, reply);
            resolve(false);
          };
          requestGuard.admit(request, () => resolve(true), refused);
        }),
    };
  }

  /** The handler of the gateway's Fastify route. Throws what the scope's error handler answers. */
  serve(request: FastifyRequest, reply: FastifyReply): void {
    const { match } = selectionOf(request.raw);
    if (match.status !== 200) {
      throw routingFailure(match, request.method, this.parts.options.wrongMethod);
    }
    if (match.route.kind !== "rpc") throw new Error("a path handler's request reached an rpc");
    answerCall(this.#runtime, match.route, request, reply, match.captures);
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
    this.#served = { routing, transport: this.parts.transport };
    this.#revision += 1;
  }

  #check({ bindings, pathRoutes }: Omit<Routing, "table">, added?: Route): void {
    const { name, prefix, options, others, log } = this.parts;
    const own = { name, prefix, routes: [...bindings, ...pathRoutes] };
    const warnings = checkConflicts(own, others(), options.onConflict, added);
    for (const { message, code } of warnings) log.warn({ code }, message);
  }
}
