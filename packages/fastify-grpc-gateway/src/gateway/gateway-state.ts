import type { FastifyRequest } from "fastify";
import type { CallObserver, ErrorMapper, Interceptor, Policy } from "grpc-transcoding";
import type { Served } from "../mount/route-selection.ts";
import type { GatewayParts } from "../routing/gateway-parts.ts";
import type { Routing } from "../routing/routing.ts";

/** A gateway as others see it; what is not among its parts changes over time. */
export interface GatewayState {
  readonly parts: GatewayParts;
  readonly routing: Routing;
  readonly mapper: ErrorMapper;
  /** The routes and transport of a tenant: its own, or the gateway's. */
  servedTo(tenant: string | undefined): Served;
  use(policy: Policy<FastifyRequest>, place?: "first" | "last"): void;
  /** Raises the revision: what policies answer is another. */
  policiesChanged(): void;
  /** Throws FST_GRPC_OPTION once the app is ready. */
  intercept(interceptor: Interceptor): void;
  /** Throws FST_GRPC_OPTION once the app is ready, and where another observes. */
  observe(observer: CallObserver): void;
  /** Those that have something of their own. */
  readonly tenants: { readonly names: readonly string[] };
  /** Grows with every change of the others. */
  readonly revision: number;
}
