import type { FastifyBaseLogger, FastifyRequest } from "fastify";
import type {
  ErrorMapper,
  GatewayRegistry,
  Interceptor,
  NamedRoutes,
  Policy,
  Schema,
} from "grpc-transcoding";
import type { LogsRequest } from "./logging/request-logging.ts";
import type { ResolvedOptions } from "./options/resolved-options.ts";
import type { Routing } from "./routing.ts";
import type { InterceptableTransport } from "./transport/interceptable.ts";

/** What a gateway is made of. */
export interface GatewayParts {
  readonly name: string;
  /** The full URL prefix, `""` for none. */
  readonly prefix: string;
  /** The constraint value of the Fastify route that serves the rpcs. */
  readonly constraint: string;
  readonly schema: Schema;
  readonly transport: InterceptableTransport;
  /** Live: those of the option, then those that plugins add. */
  readonly policies: Policy<FastifyRequest>[];
  readonly options: ResolvedOptions;
  readonly logsRequest: LogsRequest;
  readonly log: FastifyBaseLogger;
  /** Tells listeners of the registry what has happened; returns what they threw. */
  readonly emit: GatewayRegistry["emit"];
  /** The routes of the app's other gateways. */
  readonly others: () => readonly NamedRoutes[];
}

/** A gateway as others see it; what is not among its parts changes over time. */
export interface GatewayState {
  readonly parts: GatewayParts;
  readonly routing: Routing;
  readonly mapper: ErrorMapper;
  use(policy: Policy<FastifyRequest>): void;
  /** Throws FST_GRPC_OPTION once the app is ready. */
  intercept(interceptor: Interceptor): void;
  /** Grows with every change of the others. */
  readonly revision: number;
}
