import type { FastifyBaseLogger, FastifyRequest } from "fastify";
import type { GatewayRegistry, NamedRoutes, Policy, Schema } from "grpc-transcoding";
import type { LogsRequest } from "../logging/request-logging.ts";
import type { ObservedCalls } from "../observe/observed-calls.ts";
import type { ResolvedOptions } from "../options/resolved-options.ts";
import type { InterceptableTransport } from "../transport/interceptable.ts";

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
  /** The largest body, and the largest message of a body that is a stream, in bytes. */
  readonly maxBodyBytes: number;
  readonly observed: ObservedCalls;
  readonly logsRequest: LogsRequest;
  readonly log: FastifyBaseLogger;
  /** Tells listeners of the registry what has happened; returns what they threw. */
  readonly emit: GatewayRegistry["emit"];
  /** Tells the registry of a tenant. */
  readonly addTenant: GatewayRegistry["addTenant"];
  /** The routes of the app's other gateways. */
  readonly others: () => readonly NamedRoutes[];
}
