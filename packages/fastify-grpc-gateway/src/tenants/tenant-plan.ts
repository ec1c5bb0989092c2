import type { FastifyRequest } from "fastify";
import type { ErrorMapper, Policy } from "grpc-transcoding";
import { FST_GRPC_OPTION } from "../errors.ts";
import {
  type OptionsOfTenant,
  resolveTenantOptions,
  tenantOptionNames,
} from "../options/resolve-tenant-options.ts";
import type { ResolvedOptions } from "../options/resolved-options.ts";
import { GatewayResponder } from "../responder/responder.ts";
import type { GatewayParts } from "../routing/gateway-parts.ts";
import type { RegisteredParts } from "../routing/registry-entry.ts";
import type { Routing } from "../routing/routing.ts";
import type { TenantOptions } from "./tenant-options.ts";

/** A gateway as its tenants know it. */
export interface TenantHost {
  readonly parts: GatewayParts;
  /** Live. */
  readonly routing: Routing;
  /** Live: known once the app is ready. */
  readonly mapper: ErrorMapper;
  /** Grows with every change of the others. */
  readonly revision: number;
  /** Whether requests are served, which must not wait for what is loaded. */
  readonly isReady: boolean;
  /** Throws FST_GRPC_METHOD for routes of methods that the app's router will not give them. */
  requireMethods(routing: Routing): void;
}

/** What routes are not compiled with: a tenant that has nothing else of its own shares the gateway's. */
const notOfRouting: ReadonlySet<keyof OptionsOfTenant> = new Set([
  "headers",
  "limits",
  "errors",
  "policies",
  "interceptors",
] as const);

/** One generation of a tenant: all that answers its requests, but the transport, which is there while it serves. */
export class TenantPlan implements RegisteredParts {
  /** The gateway's. */
  readonly name: string;
  readonly tenant: string;
  /** As its clients see it. */
  readonly prefix: string;
  readonly given: TenantOptions;
  readonly options: ResolvedOptions;
  readonly responder: GatewayResponder;
  readonly #host: TenantHost;
  #routing: Routing | undefined;
  #policies: readonly Policy<FastifyRequest>[] = [];

  /** Throws FST_GRPC_OPTION for malformed options. */
  constructor(tenant: string, given: TenantOptions, host: TenantHost) {
    this.name = host.parts.name;
    this.tenant = tenant;
    this.prefix = host.parts.prefix + (given.prefix ?? "");
    this.given = given;
    this.#host = host;
    this.options = resolveTenantOptions(given, host.parts.options);
    this.responder = new GatewayResponder({
      options: this.options,
      policies: () => this.policies,
      mapper: () => this.mapper,
      maxBodyBytes: bodyLimit(given, host.parts.maxBodyBytes),
      logsRequest: host.parts.logsRequest,
    });
  }

  /** Whether its API is that of the gateway. */
  get followsGateway(): boolean {
    return this.given.schema === undefined && this.given.source === undefined;
  }

  /** Whether routes must be compiled for it. */
  get hasOwnRoutes(): boolean {
    return (
      !this.followsGateway ||
      tenantOptionNames.some((name) => this.given[name] !== undefined && !notOfRouting.has(name))
    );
  }

  get routing(): Routing {
    return this.#routing ?? this.#host.routing;
  }

  /** The routes that were compiled for it. */
  set routing(routing: Routing) {
    this.#routing = routing;
  }

  /** Grows with every change of what is the gateway's. */
  get revision(): number {
    return this.#host.revision;
  }

  get mapper(): ErrorMapper {
    return this.given.errors ?? this.#host.mapper;
  }

  /** The gateway's, then its own. */
  get policies(): readonly Policy<FastifyRequest>[] {
    const { policies } = this.#host.parts;
    const { policies: own = [] } = this.given;
    if (own.length === 0) return policies;
    // Those of the gateway may become more.
    if (this.#policies.length !== policies.length + own.length) {
      this.#policies = [...policies, ...own];
    }
    return this.#policies;
  }
}

/** Fastify reads bodies up to the limit of the gateway's routes, before anybody asks for the tenant's. */
function bodyLimit({ limits }: TenantOptions, ofGateway: number): number {
  const { maxBodyBytes = ofGateway } = limits ?? {};
  if (maxBodyBytes <= ofGateway) return maxBodyBytes;
  throw new FST_GRPC_OPTION(
    `option "tenant.limits.maxBodyBytes" is ${maxBodyBytes}, and the gateway's own limit, which bodies are read with, is ${ofGateway}: raise that one (and the bodyLimit of the Fastify instance)`,
  );
}
