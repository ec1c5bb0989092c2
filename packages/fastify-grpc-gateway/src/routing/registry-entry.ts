import type { FastifyRequest } from "fastify";
import { type ErrorMapper, type GatewayEntry, type Policy, streamEncoders } from "grpc-transcoding";
import type { ResolvedOptions } from "../options/resolved-options.ts";
import type { Routing } from "./routing.ts";

/** What a gateway, or a generation of a tenant, tells of itself. All but its options is live. */
export interface RegisteredParts {
  readonly name: string;
  readonly prefix: string;
  readonly options: ResolvedOptions;
  readonly routing: Routing;
  readonly mapper: ErrorMapper;
  readonly policies: readonly Policy<FastifyRequest>[];
  readonly revision: number;
}

/** What the other plugins and the other gateways may know of a gateway, or of a tenant. */
export function registryEntry(source: RegisteredParts): GatewayEntry {
  const { name, prefix, options } = source;
  return {
    name,
    prefix,
    json: options.json,
    streamEncoders: streamEncoders(options.streamEnvelope, options.streaming.formats),
    eventsOf: (method) => source.routing.eventsOf(method),
    restOf: (method) => source.routing.restOf(method),
    patchFieldMask: options.patchFieldMask,
    query: options.query,
    partialResponses: options.partialResponses,
    prettyPrint: options.prettyPrint,
    httpBodyRequests: options.httpBodyRequests,
    get schema() {
      return source.routing.schema;
    },
    get table() {
      return source.routing.table;
    },
    get bindings() {
      return source.routing.bindings;
    },
    get errors() {
      return source.mapper;
    },
    get policies() {
      return source.policies as readonly Policy[];
    },
    get revision() {
      return source.revision;
    },
  };
}
