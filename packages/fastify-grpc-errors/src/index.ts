import * as named from "./named-exports.ts";
import { plugin } from "./plugin.ts";

export * from "./named-exports.ts";
export { plugin as fastifyGrpcErrors };
export default plugin;

/** What `require("fastify-grpc-errors")` returns: the plugin, with every other export on it. */
const commonJs: typeof plugin &
  typeof named & { readonly default: typeof plugin; readonly fastifyGrpcErrors: typeof plugin } =
  Object.assign(plugin, named, { default: plugin, fastifyGrpcErrors: plugin });

export { commonJs as "module.exports" };
