import * as named from "./named-exports.ts";
import { plugin } from "./plugin.ts";

export * from "./named-exports.ts";
export { plugin as fastifyGrpcAuth };
export default plugin;

/** What `require("fastify-grpc-auth")` returns: the plugin, with every other export on it. */
const commonJs: typeof plugin &
  typeof named & { readonly default: typeof plugin; readonly fastifyGrpcAuth: typeof plugin } =
  Object.assign(plugin, named, { default: plugin, fastifyGrpcAuth: plugin });

export { commonJs as "module.exports" };
