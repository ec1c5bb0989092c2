import type { FastifyRequest } from "fastify";
import type { GatewayEntry, Policy } from "grpc-transcoding";
import { registryEntry } from "../routing/registry-entry.ts";
import type { GatewayState } from "./gateway-state.ts";

/** What the other plugins and the other gateways may know of a gateway, and do to it. */
export function createRegistryEntry(gateway: GatewayState): GatewayEntry {
  const { name, prefix, options, policies } = gateway.parts;
  const entry = registryEntry({
    name,
    prefix,
    options,
    policies,
    get routing() {
      return gateway.routing;
    },
    get mapper() {
      return gateway.mapper;
    },
    get revision() {
      return gateway.revision;
    },
  });
  const own: Pick<
    GatewayEntry,
    "hasTenants" | "tenants" | "schemaOf" | "use" | "policiesChanged" | "intercept" | "observe"
  > = {
    hasTenants: options.tenant !== undefined,
    get tenants() {
      return gateway.tenants.names;
    },
    schemaOf: (tenant) => gateway.servedTo(tenant).routing.schema,
    use: (policy, place) => gateway.use(policy as Policy<FastifyRequest>, place),
    policiesChanged: () => gateway.policiesChanged(),
    intercept: (interceptor) => gateway.intercept(interceptor),
    observe: (observer) => gateway.observe(observer),
  };
  return Object.defineProperties(entry, Object.getOwnPropertyDescriptors(own));
}
