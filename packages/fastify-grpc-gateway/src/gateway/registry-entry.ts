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
  const changes: Pick<GatewayEntry, "use" | "policiesChanged" | "intercept"> = {
    use: (policy) => gateway.use(policy as Policy<FastifyRequest>),
    policiesChanged: () => gateway.policiesChanged(),
    intercept: (interceptor) => gateway.intercept(interceptor),
  };
  return Object.assign(entry, changes);
}
