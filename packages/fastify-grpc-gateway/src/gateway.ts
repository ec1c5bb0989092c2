import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from "fastify";
import {
  Code,
  defaultErrorMapper,
  type ErrorMapper,
  type GatewayEntry,
  gatewayError,
  type NamedRoutes,
  type Schema,
  type Transport,
} from "grpc-transcoding";
import { type FailureAnswers, mapFailure } from "./answer-failure.ts";
import { createCallRuntime } from "./call/call-runtime.ts";
import type { LogsRequest } from "./call/request-logging.ts";
import type { CallRuntime, RpcRoute } from "./call/rpc-route.ts";
import { answerServerStreaming } from "./call/server-streaming.ts";
import { answerUnary } from "./call/unary.ts";
import {
  type Mount,
  type MountedRoute,
  type MountMatch,
  selectionOf,
} from "./mount/route-selection.ts";
import { stripPrefix } from "./mount/url-prefix.ts";
import type { FastifyGrpcGatewayOptions, ResolvedOptions } from "./options.ts";
import type { BindingSource } from "./request-binding.ts";
import { checkConflicts } from "./route-checks.ts";
import { buildRouting, type Routing } from "./routing.ts";

/** What a gateway is made of. */
export interface GatewayParts {
  readonly name: string;
  /** The full URL prefix, `""` for none. */
  readonly prefix: string;
  /** The constraint value of the Fastify route that serves the rpcs. */
  readonly constraint: string;
  readonly schema: Schema;
  readonly transport: Transport;
  readonly given: FastifyGrpcGatewayOptions;
  readonly options: ResolvedOptions;
  readonly logsRequest: LogsRequest;
  readonly log: Pick<FastifyBaseLogger, "warn" | "debug">;
  /** The routes of the app's other gateways. */
  readonly others: () => readonly NamedRoutes[];
}

/**
 * One gateway at work: its current routes, swapped as a whole by {@link reload}, and how its requests
 * are answered. Knows nothing of the Fastify scope that it is mounted in.
 */
export class Gateway implements FailureAnswers {
  readonly parts: GatewayParts;
  readonly entry: GatewayEntry;
  readonly mount: Mount & BindingSource;
  readonly #runtime: CallRuntime;
  #routing: Routing;
  #pathRoutes: readonly MountedRoute[] = [];
  #mapper: ErrorMapper | undefined;
  #revision = 0;
  readonly #reloadListeners: (() => void)[] = [];

  constructor(parts: GatewayParts) {
    this.parts = parts;
    this.#routing = this.#build(parts.schema, []);
    this.#runtime = createCallRuntime(parts.transport, parts.given, parts.options, {
      logsRequest: parts.logsRequest,
      streamError: (failure, request) => mapFailure(this, failure, request, true).body,
    });
    this.entry = createEntry(this);
    this.mount = createMount(this);
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

  /**
   * Swaps all routes at once. Requests in flight finish on the routes that they were matched on. Throws
   * FST_GRPC_CONFLICT or FST_GRPC_SCHEMA, and changes nothing, when the new ones do not fit.
   */
  reload(schema: Schema): void {
    this.#routing = this.#build(schema, this.#pathRoutes);
    this.#revision += 1;
    for (const listener of this.#reloadListeners) listener();
  }

  /** Calls back after each reload. */
  onReload(listener: () => void): void {
    this.#reloadListeners.push(listener);
  }

  /** Adds the route of a `handlePath`. Throws FST_GRPC_CONFLICT when a binding has its requests. */
  addPathRoute(route: MountedRoute): void {
    const routes = [...this.#pathRoutes, route];
    this.#routing = this.#build(this.schema, routes);
    this.#pathRoutes = routes;
    this.#revision += 1;
  }

  otherMethods(request: FastifyRequest): readonly string[] {
    const rest = stripPrefix(this.parts.prefix, request.raw.url ?? "");
    // No route has this method, so the table names those that the path has.
    const match = rest === undefined ? undefined : this.routing.table.match("", rest);
    return match?.status === 405 ? match.allow.filter((method) => method !== request.method) : [];
  }

  setResponseHeaders(...args: Parameters<CallRuntime["setResponseHeaders"]>): void {
    this.#runtime.setResponseHeaders(...args);
  }

  /** The handler of the gateway's Fastify route. Throws what the scope's error handler answers. */
  serve(request: FastifyRequest, reply: FastifyReply): void {
    const { match } = selectionOf(request.raw);
    if (match.status !== 200) throw routingFailure(match, request, this.parts.options);
    const route = match.route as RpcRoute;
    const answer = route.binding.method.serverStreaming ? answerServerStreaming : answerUnary;
    answer(this.#runtime, route, request, reply, match.captures);
  }

  #build(schema: Schema, pathRoutes: readonly MountedRoute[]): Routing {
    const { name, prefix, constraint, options, others, log } = this.parts;
    const routing = buildRouting(schema, pathRoutes, constraint, options);
    const own = { name, prefix, routes: [...routing.bindings, ...pathRoutes] };
    const oddities = checkConflicts(own, others(), options.onConflict);
    for (const { message, code } of [...routing.warnings, ...oddities]) log.warn({ code }, message);
    return routing;
  }
}

function createEntry(gateway: Gateway): GatewayEntry {
  const { name, prefix, options } = gateway.parts;
  return {
    name,
    prefix,
    json: options.json,
    streamFormats: options.streamFormats,
    streamEnvelope: options.streamEnvelope,
    patchFieldMask: options.patchFieldMask,
    get schema() {
      return gateway.routing.schema;
    },
    get table() {
      return gateway.routing.table;
    },
    get bindings() {
      return gateway.routing.bindings;
    },
    get errors() {
      return gateway.mapper;
    },
    get revision() {
      return gateway.revision;
    },
  };
}

function createMount(gateway: Gateway): Mount & BindingSource {
  const { name, prefix, constraint, options } = gateway.parts;
  const unknown: MountMatch | undefined =
    options.notFound === "table" ? { status: 404 } : undefined;
  return {
    name,
    prefix,
    constraint,
    get codec() {
      return gateway.routing.codec;
    },
    match(method, rawUrl) {
      const rest = stripPrefix(prefix, rawUrl);
      if (rest === undefined) return undefined;
      return gateway.routing.table.match(method, rest) ?? unknown;
    },
  };
}

/** Why a request that a table knows has no route: 400, 404 or 405. */
function routingFailure(
  match: Exclude<MountMatch, { status: 200 }>,
  request: FastifyRequest,
  { wrongMethod }: ResolvedOptions,
): Error {
  // Clients of grpc-gateway get its bodies, which have no details.
  const bare = wrongMethod === 501 && { reason: false as const };
  if (match.status === 400) return gatewayError(match.reason, { http: { statusCode: 400 } });
  if (match.status === 404) {
    return gatewayError("Not Found", { code: Code.NOT_FOUND, http: { statusCode: 404 }, ...bare });
  }
  const allow = match.allow.join(", ");
  return gatewayError(
    wrongMethod === 501
      ? "Method Not Allowed"
      : `${request.method} is not a method of this path: use ${allow}`,
    { code: Code.UNIMPLEMENTED, http: { statusCode: wrongMethod, headers: { allow } }, ...bare },
  );
}
