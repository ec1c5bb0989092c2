import {
  collectBindings,
  compileRouteTable,
  compileTranscoder,
  createJsonCodec,
  type HttpBinding,
  HttpRuleError,
  type JsonCodec,
  type MethodSchema,
  type MethodTranscoder,
  type RestRule,
  type RouteTable,
  type RuleProblem,
  type Schema,
} from "grpc-transcoding";
import {
  compileEventReader,
  compileValidation,
  type RequestValidation,
  throwRuleErrors,
} from "grpc-transcoding/internal";
import { FST_GRPC_SCHEMA } from "../errors.ts";
import {
  type MountedRoute,
  type PathRoute,
  type RpcRoute,
  streamConstraint,
} from "../mount/mounted-route.ts";
import type { RoutingOptions } from "../options/resolved-options.ts";
import { KeptMasks } from "../rest/kept-masks.ts";
import { compileMethodRest } from "../rest/method-rest.ts";
import { compilePrettyPrint } from "../rest/pretty-print.ts";
import { compileRequestSources } from "../rest/request-sources.ts";
import { compileResponseMasks, type ResponseMask } from "../rest/response-masks.ts";
import { joinMediaRoutes } from "./media-routes.ts";
import { type MethodOptions, methodOptions } from "./method-options.ts";

/** Everything that a schema decides, built as one and swapped as one. */
export interface Routing {
  readonly schema: Schema;
  readonly bindings: readonly HttpBinding[];
  /** The methods that no HTTP route calls. */
  readonly unbound: readonly MethodSchema[];
  /** What is odd about the rules of the options. */
  readonly warnings: readonly RuleProblem[];
  readonly codec: JsonCodec;
  readonly rpcRoutes: readonly RpcRoute[];
  /** The hand-written routes, by `handlePath`. */
  readonly pathRoutes: readonly PathRoute[];
  readonly table: RouteTable<MountedRoute>;
  /** The fields of a method's server-sent events. */
  readonly eventsOf: MethodOptions["eventsOf"];
  /** What a method's requests and answers are beyond its http rules. */
  readonly restOf: MethodOptions["restOf"];
  /** The deadlines of methods that have one of their own, in milliseconds by path: `"/package.Service/Method"`. */
  readonly deadlines: ReadonlyMap<string, number>;
}

/**
 * Compiles a schema to its routes. `constraint` is the Fastify route that serves the rpcs. Throws
 * FST_GRPC_SCHEMA for rules of the options that do not fit the schema, and FST_GRPC_OPTION for fields of events.
 */
export function buildRouting(
  schema: Schema,
  pathRoutes: readonly PathRoute[],
  constraint: string,
  options: RoutingOptions,
): Routing {
  const codec = createJsonCodec(schema.registry, options.json);
  const { bindings, unbound, problems } = collectBindings(schema, {
    ...options,
    ranges: options.streaming.ranges,
  });
  refuseBadRules(problems);
  const validation =
    typeof options.validate === "function"
      ? compileValidation(options.validate, schema.registry, options.json.naming)
      : undefined;
  const compiled: CompiledOptions = {
    ...options,
    codec,
    byMethod: methodOptions(options),
    validation,
    keptMasks: new KeptMasks(),
  };
  const rpcRoutes = joinMediaRoutes(
    bindings.map((binding) => createRpcRoute(binding, constraint, compiled)),
  );
  return withPathRoutes(
    {
      schema,
      bindings,
      unbound,
      warnings: problems,
      codec,
      rpcRoutes,
      eventsOf: compiled.byMethod.eventsOf,
      restOf: compiled.byMethod.restOf,
      deadlines: deadlinesOf(schema, compiled.byMethod),
    },
    pathRoutes,
    options,
  );
}

/** The same with other handlers of `handlePath`, which stand in the same table. */
export function withPathRoutes(
  routing: Omit<Routing, "table" | "pathRoutes">,
  pathRoutes: readonly PathRoute[],
  options: RoutingOptions,
): Routing {
  // One by one: to spread them would ask for the table.
  const { schema, bindings, unbound, warnings, codec, rpcRoutes, eventsOf, restOf, deadlines } =
    routing;
  let table: RouteTable<MountedRoute> | undefined;
  return {
    schema,
    bindings,
    unbound,
    warnings,
    codec,
    rpcRoutes,
    eventsOf,
    restOf,
    deadlines,
    pathRoutes,
    // On first use: an app calls `handlePath` many times before it is ready.
    get table() {
      table ??= compileRouteTable([...rpcRoutes, ...pathRoutes], options);
      return table;
    },
  };
}

function deadlinesOf({ services }: Schema, options: MethodOptions): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const method of services.flatMap(({ methods }) => methods)) {
    const ms = options.deadlineMsOf(method);
    if (ms !== undefined) found.set(method.path, ms);
  }
  return found;
}

function refuseBadRules(problems: readonly RuleProblem[]): void {
  try {
    throwRuleErrors(problems);
  } catch (error) {
    if (!(error instanceof HttpRuleError)) throw error;
    throw Object.assign(new FST_GRPC_SCHEMA(error.message), { cause: error });
  }
}

interface CompiledOptions extends RoutingOptions {
  readonly codec: JsonCodec;
  readonly byMethod: MethodOptions;
  readonly validation: RequestValidation | undefined;
  readonly keptMasks: KeptMasks<ResponseMask>;
}

function createRpcRoute(
  binding: HttpBinding,
  constraint: string,
  options: CompiledOptions,
): RpcRoute {
  const { method } = binding;
  const events = options.byMethod.eventsOf(method);
  const { lastEventId } = events;
  const rest = options.byMethod.restOf(method);
  const requestOptions = {
    ...options,
    query: { ...options.query, ...rest.query },
    check: options.validation?.checkOf(method.input),
  };
  let transcoder: MethodTranscoder | undefined;
  return {
    kind: "rpc",
    httpMethod: binding.httpMethod,
    template: binding.template,
    constraint: method.clientStreaming ? streamConstraint(constraint) : constraint,
    binding,
    jsonBody: options.contentTypes === "json" && readsJson(binding, options),
    deadline: {
      streaming: method.serverStreaming || method.clientStreaming,
      ownMs: options.byMethod.deadlineMsOf(method),
    },
    readEvent: compileEventReader(method.output, events),
    takesLastEventId: lastEventId !== undefined,
    decodeWithSources: compileRequestSources(
      binding,
      { ...rest, ...(lastEventId && { lastEventId }) },
      requestOptions,
    ),
    masks: options.partialResponses
      ? compileResponseMasks(binding, options.codec, rest, options.keptMasks)
      : undefined,
    media: mediaOf(rest),
    pretty: options.prettyPrint ? compilePrettyPrint(binding) : undefined,
    rest: compileMethodRest(rest, options.codec),
    // On first use: an API of thousands of methods serves a few of them.
    get transcoder() {
      transcoder ??= compileTranscoder(binding, requestOptions);
      return transcoder;
    },
  };
}

function mediaOf({ produces, consumes }: RestRule): RpcRoute["media"] {
  if (produces === undefined && consumes === undefined) return undefined;
  return { produces: produces ?? [], consumes: consumes ?? [], choices: [] };
}

/** Whether the body of a binding's requests has to be JSON: it is bound, and no google.api.HttpBody. */
function readsJson({ body, method }: HttpBinding, { httpBodyRequests }: RoutingOptions): boolean {
  if (body === undefined) return false;
  const message = body === "*" ? method.input : body.message;
  return httpBodyRequests === "json" || message?.typeName !== "google.api.HttpBody";
}
