import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from "fastify";
import { FST_GRPC_METHOD, FST_GRPC_PREFIX_FULL } from "../errors.ts";
import { CONSTRAINT } from "./route-selection.ts";

/** What one Fastify route of a gateway needs. */
export interface WildcardRoute {
  readonly constraint: string;
  /** The gateway's prefix relative to the scope, `""` for none. */
  readonly prefix: string;
  /** Methods of custom kinds beside those that Fastify routes anyway. */
  readonly methods: ReadonlySet<string>;
  readonly handler: (request: FastifyRequest, reply: FastifyReply) => unknown;
}

/**
 * Registers the one `/*` route under the prefix, for all methods. It is only reached by requests for
 * which the constraint derives its value, so any more specific route of the app wins, and everything
 * that no table knows goes on to the app.
 */
export function addWildcardRoute(scope: FastifyInstance, route: WildcardRoute): void {
  const options = {
    method: routableMethods(scope, route.methods),
    handler: route.handler,
    constraints: { [CONSTRAINT]: route.constraint },
    exposeHeadRoute: false,
    // The OpenAPI plugin documents the bindings behind it.
    schema: { hide: true },
  };
  try {
    scope.route({ ...options, url: `${route.prefix}/*` });
    // A template `/`, or one whose `**` is empty, matches the prefix itself.
    if (scope.prefix + route.prefix !== "") scope.route({ ...options, url: route.prefix });
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes("maximum of 31")) throw error;
    throw new FST_GRPC_PREFIX_FULL(JSON.stringify(scope.prefix + route.prefix));
  }
}

function routableMethods(scope: FastifyInstance, custom: ReadonlySet<string>): HTTPMethods[] {
  const methods = new Set<string>(scope.supportedMethods);
  for (const method of custom) {
    if (methods.has(method) || method === "*") continue;
    try {
      scope.addHttpMethod(method, { hasBody: true });
    } catch {
      throw new FST_GRPC_METHOD(
        JSON.stringify(method),
        "cannot be routed: Node's HTTP parser does not know it",
      );
    }
    methods.add(method);
  }
  return [...methods] as HTTPMethods[];
}
