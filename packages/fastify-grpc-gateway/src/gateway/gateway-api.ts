import type { FastifyInstance } from "fastify";
import {
  explainRoute,
  type HttpBinding,
  type RouteExplanation,
  type Schema,
  type SchemaSource,
} from "grpc-transcoding";
import { appClosing } from "../closing/app-closing.ts";
import { FST_GRPC_UNKNOWN_GATEWAY } from "../errors.ts";
import type { PathHandler } from "../mount/mounted-route.ts";
import { PathHandlers } from "../mount/path-handlers.ts";
import { type Mount, mountsOf } from "../mount/route-selection.ts";
import { type PortGauges, portGauges } from "../one-port/port-split.ts";
import { namedRoutes } from "../routing/route-checks.ts";
import { loadGatewaySchema } from "../routing/schema-source.ts";
import { selectByTenant } from "../tenants/select-by-tenant.ts";
import type { GatewayTenants } from "../tenants/tenant-routings.ts";
import type { Gateway } from "./gateway.ts";
import { createRegistryEntry } from "./registry-entry.ts";

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
  /**
   * Swaps the schema at once; requests in flight finish on the old one. Takes a schema, anything that
   * `loadSchema` takes, or nothing to load the gateway's own source again; the option `services` holds.
   * Throws and changes nothing for one that cannot be loaded or does not fit.
   */
  reload(source?: Schema | SchemaSource): Promise<void>;
  /** The tenants with an API or an upstream of their own; requests name theirs by the option `tenant`. */
  readonly tenants: GatewayTenants;
  /** Where a request of no tenant goes and why, and which routes lost; `formatExplanation` makes text of it. */
  explain(method: string, url: string): RouteExplanation;
  /** What is open at this moment, for metrics: nothing, after a quiet while, but connections of clients that are there. */
  readonly gauges: GatewayGauges;
  /** The routes as text, one a line. */
  printRoutes(): string;
}

/** What is open at a moment. */
export interface GatewayGauges extends PortGauges {
  /** Calls of this gateway's transport that have not ended: of REST requests, and native ones that are passed on. */
  readonly calls: number;
  /** Connections of the app, of all protocols. */
  readonly sockets: number;
}

/** A mount that can hand out its gateway. */
export interface GatewayMount extends Mount {
  api(scope: FastifyInstance): GrpcGateway;
}

/** A gateway's place in the app: its table, as the constraint asks it, and its API. */
export function createMount(gateway: Gateway): GatewayMount {
  const { name, prefix, constraint } = gateway.parts;
  const paths = new PathHandlers(constraint, prefix);
  const mount: GatewayMount = {
    name,
    prefix,
    constraint,
    select: (request) => selectByTenant(mount, gateway, request),
    api: (scope) => createApi(gateway, paths, scope),
  };
  return mount;
}

function createApi(gateway: Gateway, paths: PathHandlers, scope: FastifyInstance): GrpcGateway {
  return {
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
    reload: async (source) => gateway.reload(await loadAgain(gateway, source)),
    tenants: gateway.tenants,
    explain: (method, url) =>
      explainRoute([namedRoutes(createRegistryEntry(gateway))], method, url, gateway.parts.options),
    get gauges() {
      return gaugesOf(gateway, scope);
    },
    printRoutes: () => printRoutes(gateway),
  };
}

function gaugesOf({ liveCalls: calls }: Gateway, scope: FastifyInstance): GatewayGauges {
  const unsplit: PortGauges = { http2Sessions: 0, grpcStreams: 0, undecidedSockets: 0 };
  const { http2Sessions, grpcStreams, undecidedSockets } = portGauges(scope.server) ?? unsplit;
  const { size: sockets } = appClosing(scope).sockets;
  return { calls, sockets, http2Sessions, grpcStreams, undecidedSockets };
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

function loadAgain({ parts, isReady }: Gateway, source?: Schema | SchemaSource): Promise<Schema> {
  const { options, transport, log } = parts;
  const chosen = source !== undefined && "comment" in source ? { schema: source } : source;
  return loadGatewaySchema(options, transport, log, chosen, isReady);
}

function printRoutes({ routing, parts }: Gateway): string {
  const lines = routing.table.routes.map((route) => {
    const target =
      route.kind === "rpc" ? route.binding.method.path.slice(1) : "handler of handlePath";
    return `${route.httpMethod.padEnd(7)} ${parts.prefix}${route.template.text} -> ${target}`;
  });
  return lines.join("\n");
}
