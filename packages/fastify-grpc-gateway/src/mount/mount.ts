import { METHODS } from "node:http";
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchema,
  HTTPMethods,
} from "fastify";
import { FST_GRPC_METHOD, FST_GRPC_PREFIX_FULL } from "../errors.ts";
import { CONSTRAINT } from "./route-selection.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** On the routes of gateways: which of them. */
    grpcGateway?: string;
  }
}

/** What one Fastify route of a gateway needs. */
export interface WildcardRoute {
  readonly constraint: string;
  /** The gateway's prefix relative to the scope, `""` for none. */
  readonly prefix: string;
  readonly methods: readonly string[];
  readonly handler: (request: FastifyRequest, reply: FastifyReply) => unknown;
}

/**
 * Registers the one `/*` route under the prefix. It is only reached by requests for
 * which the constraint derives its value, so any more specific route of the app wins, and everything
 * that no table knows goes on to the app.
 */
export function addWildcardRoute(scope: FastifyInstance, route: WildcardRoute): void {
  const options = {
    method: route.methods as HTTPMethods[],
    handler: route.handler,
    constraints: { [CONSTRAINT]: route.constraint },
    // Tells hooks that a request has reached the gateway, not a route of the app beside it.
    config: { [CONSTRAINT]: route.constraint },
    exposeHeadRoute: false,
    // To @fastify/swagger, which types it: the OpenAPI plugin documents the bindings behind it.
    schema: { hide: true } as FastifySchema,
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

/**
 * All methods that the scope routes, with those of custom kinds added. Throws FST_GRPC_METHOD for one
 * that Node's HTTP parser does not know.
 */
export function routableMethods(scope: FastifyInstance, custom: Iterable<string>): string[] {
  const methods = new Set<string>(scope.supportedMethods);
  for (const method of custom) {
    if (method === "*" || methods.has(method)) continue;
    if (!METHODS.includes(method)) throw new FST_GRPC_METHOD(JSON.stringify(method));
    scope.addHttpMethod(method, { hasBody: true });
    methods.add(method);
  }
  return [...methods];
}
