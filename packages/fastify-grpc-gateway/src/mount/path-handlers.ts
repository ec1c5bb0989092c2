import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type PathTemplate, parsePathTemplate } from "grpc-transcoding";
import { FST_GRPC_OPTION } from "../errors.ts";
import { addWildcardRoute, routableMethods } from "./mount.ts";
import type { PathHandler, PathRoute } from "./mounted-route.ts";
import { countRequest } from "./request-end.ts";
import { selectionOf } from "./route-selection.ts";

/** The Fastify routes of one scope that calls `handlePath`. */
interface ScopeRoutes {
  readonly constraint: string;
  readonly methods: Set<string>;
}

/** The Fastify routes of one gateway's path handlers: one for each scope that calls `handlePath`. */
export class PathHandlers {
  readonly #constraint: string;
  readonly #prefix: string;
  readonly #scopes = new Map<FastifyInstance, ScopeRoutes>();

  constructor(constraint: string, prefix: string) {
    this.#constraint = constraint;
    this.#prefix = prefix;
  }

  /**
   * The table's route for a handler. Its hooks, content-type parsers and error handler are those of
   * the scope. Throws FST_GRPC_OPTION for a malformed template, or a scope beside the gateway's prefix.
   */
  route(
    scope: FastifyInstance,
    httpMethod: string,
    template: string,
    handler: PathHandler,
  ): PathRoute {
    if (typeof handler !== "function") {
      throw new FST_GRPC_OPTION(
        `handlePath: the handler must be a function; got ${typeof handler}`,
      );
    }
    const method = httpMethod.toUpperCase();
    const parsed = parse(template);
    return {
      kind: "path",
      httpMethod: method,
      template: parsed,
      constraint: this.#mount(scope, method),
      handler,
    };
  }

  #mount(scope: FastifyInstance, method: string): string {
    const scopePrefix = scope.prefix.replace(/\/$/, "");
    if (!`${this.#prefix}/`.startsWith(`${scopePrefix}/`)) {
      throw new FST_GRPC_OPTION(
        `handlePath was called in a scope with the prefix ${JSON.stringify(scope.prefix)}, but the gateway's routes are under ${JSON.stringify(this.#prefix)}: call it where the gateway is registered`,
      );
    }
    const constraint = `${this.#constraint}/path-${this.#scopes.size + 1}`;
    const routes = this.#scopes.get(scope) ?? { constraint, methods: new Set() };
    const missing = routableMethods(scope, [method]).filter((one) => !routes.methods.has(one));
    if (missing.length > 0) {
      addWildcardRoute(scope, {
        constraint: routes.constraint,
        prefix: this.#prefix.slice(scopePrefix.length),
        methods: missing,
        handler: servePath,
      });
    }
    for (const one of missing) routes.methods.add(one);
    this.#scopes.set(scope, routes);
    return routes.constraint;
  }
}

function parse(template: string): PathTemplate {
  try {
    return parsePathTemplate(template);
  } catch (error) {
    throw new FST_GRPC_OPTION(`handlePath: ${(error as Error).message}`);
  }
}

function servePath(request: FastifyRequest, reply: FastifyReply): unknown {
  // Not by a hook: the scope is the app's. Handlers have nothing that a tenant's end closes.
  countRequest(request, reply);
  const { match, served } = selectionOf(request.raw);
  if (match.status !== 200 || match.route.kind !== "path") {
    throw new Error("a request without a route reached a path handler");
  }
  const { route } = match;
  const names = route.template.variables.map(({ fieldPath }) => fieldPath);
  request.params = Object.fromEntries(names.map((name, i) => [name, match.captures[i] as string]));
  const { handler } = route;
  const { pathPolicies } = served.responder;
  if (pathPolicies.isOpen) return handler(request, reply);
  return (
    pathPolicies
      .admit(request, reply)
      // The reply tells Fastify that it is on its way, although hooks may hold it up.
      .then((mayGoOn) => (mayGoOn ? handler(request, reply) : reply))
  );
}
