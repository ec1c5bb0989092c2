import type { FastifyInstance } from "fastify";
import {
  explainRoute,
  type HttpBinding,
  type RouteExplanation,
  type Schema,
} from "grpc-transcoding";
import { FST_GRPC_UNKNOWN_GATEWAY } from "./errors.ts";
import type { Gateway } from "./gateway.ts";
import { type PathHandler, PathHandlers } from "./mount/path-handlers.ts";
import { type Mount, mountsOf } from "./mount/route-selection.ts";
import { namedRoutes } from "./route-checks.ts";

/** What `app.grpcGateway(name?)` offers: one gateway, as seen from the scope that asked. */
export interface GrpcGateway {
  readonly name: string;
  readonly schema: Schema;
  /** All HTTP bindings that are served now. */
  readonly bindings: readonly HttpBinding[];
  /**
   * Serves a google.api.http template by a Fastify handler, in the gateway's table: same precedence,
   * same conflict check (grpc-gateway's HandlePath). The scope's hooks and content-type parsers apply.
   * Throws FST_GRPC_OPTION for a malformed template, FST_GRPC_CONFLICT when a binding has its requests.
   */
  handlePath(method: string, template: string, handler: PathHandler): void;
  /** Swaps the schema. Requests in flight finish on the old one. Throws and changes nothing when it has conflicts. */
  reload(schema: Schema): void;
  /** Where a request goes and why, and which routes lost; `formatExplanation` makes text of it. */
  explain(method: string, url: string): RouteExplanation;
  /** The routes as text, one a line. */
  printRoutes(): string;
}

/** A mount that can hand out its gateway. */
export interface GatewayMount extends Mount {
  api(scope: FastifyInstance): GrpcGateway;
}

/** Makes the function that hands out a gateway's API to the scopes of the app. */
export function createGatewayApi(gateway: Gateway): GatewayMount["api"] {
  const paths = new PathHandlers(gateway.parts.constraint, gateway.parts.prefix);
  return (scope) => ({
    name: gateway.parts.name,
    get schema() {
      return gateway.schema;
    },
    get bindings() {
      return gateway.routing.bindings;
    },
    handlePath(method, template, handler) {
      gateway.addPathRoute(paths.route(scope, method, template, handler));
    },
    reload: (schema) => gateway.reload(schema),
    explain: (method, url) =>
      explainRoute([namedRoutes(gateway.entry)], method, url, gateway.parts.options),
    printRoutes: () => printRoutes(gateway),
  });
}

/** The gateway that a scope asks for by `app.grpcGateway(name?)`. */
export function findGateway(scope: FastifyInstance, name: string | undefined): GrpcGateway {
  const mounts = mountsOf(scope).filter((mount): mount is GatewayMount => "api" in mount);
  const found = name === undefined ? mounts[0] : mounts.find((mount) => mount.name === name);
  const names = mounts.map((mount) => JSON.stringify(mount.name)).join(", ");
  if (found === undefined || (name === undefined && mounts.length > 1)) {
    throw new FST_GRPC_UNKNOWN_GATEWAY(
      name === undefined
        ? `the app has ${mounts.length} gateways: name one of ${names}`
        : `there is no gateway ${JSON.stringify(name)}; the app has ${names || "none"}`,
    );
  }
  return found.api(scope);
}

function printRoutes({ routing, parts }: Gateway): string {
  const lines = routing.table.routes.map((route) => {
    const target =
      "binding" in route
        ? (route.binding as HttpBinding).method.path.slice(1)
        : "handler of handlePath";
    return `${route.httpMethod.padEnd(7)} ${parts.prefix}${route.template.text} -> ${target}`;
  });
  return lines.join("\n");
}
