import type { FastifyRequest } from "fastify";
import { type GatewayEntry, type Policy, streamEncoders } from "grpc-transcoding";
import type { GatewayState } from "./gateway-state.ts";

/** What the other plugins and the other gateways may know of a gateway. */
export function createRegistryEntry(gateway: GatewayState): GatewayEntry {
  const { name, prefix, options } = gateway.parts;
  return {
    name,
    prefix,
    json: options.json,
    streamEncoders: streamEncoders(options.streamEnvelope, options.streaming.formats),
    eventsOf: (method) => gateway.routing.eventsOf(method),
    patchFieldMask: options.patchFieldMask,
    httpBodyRequests: options.httpBodyRequests,
    get schema() {
      return gateway.routing.schema;
    },
    get table() {
      return gateway.routing.table;
    },
    get bindings() {
      return gateway.routing.bindings;
    },
    get errors() {
      return gateway.mapper;
    },
    policies: gateway.parts.policies as Policy[],
    use: (policy) => gateway.use(policy as Policy<FastifyRequest>),
    policiesChanged: () => gateway.policiesChanged(),
    intercept: (interceptor) => gateway.intercept(interceptor),
    observe: (observer) => gateway.observe(observer),
    get tenants() {
      return gateway.tenants.names;
    },
    schemaOf: (tenant) => gateway.servedTo(tenant).routing.schema,
    get revision() {
      return gateway.revision;
    },
  };
}
