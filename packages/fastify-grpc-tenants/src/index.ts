import * as named from "./named-exports.ts";
import { plugin } from "./plugin.ts";

export * from "./named-exports.ts";
export { plugin as fastifyGrpcTenants };
export default plugin;

/** What `require("fastify-grpc-tenants")` returns: the plugin, with every other export on it. */
const commonJs: typeof plugin &
  typeof named & { readonly default: typeof plugin; readonly fastifyGrpcTenants: typeof plugin } =
  Object.assign(plugin, named, { default: plugin, fastifyGrpcTenants: plugin });

export { commonJs as "module.exports" };
