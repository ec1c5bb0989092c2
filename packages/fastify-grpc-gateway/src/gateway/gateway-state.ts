import type { FastifyRequest } from "fastify";
import type { CallObserver, ErrorMapper, Interceptor, Policy, Schema } from "grpc-transcoding";
import type { GatewayParts } from "../routing/gateway-parts.ts";
import type { Routing } from "../routing/routing.ts";

/** A gateway as others see it; what is not among its parts changes over time. */
export interface GatewayState {
  readonly parts: GatewayParts;
  readonly routing: Routing;
  readonly mapper: ErrorMapper;
  use(policy: Policy<FastifyRequest>): void;
  /** Raises the revision: what policies answer is another. */
  policiesChanged(): void;
  /** Throws FST_GRPC_OPTION once the app is ready. */
  intercept(interceptor: Interceptor): void;
  /** Throws FST_GRPC_OPTION once the app is ready, and where another observes. */
  observe(observer: CallObserver): void;
  servedTo(tenant: string | undefined): { readonly routing: { readonly schema: Schema } };
  readonly tenants: { readonly names: readonly string[] };
  /** Grows with every change of the others. */
  readonly revision: number;
}
