import * as named from "./named-exports.ts";
import { plugin } from "./plugin.ts";

export * from "./named-exports.ts";
export { plugin as fastifyGrpcIdempotency };
export default plugin;

/** What `require("fastify-grpc-idempotency")` returns: the plugin, with every other export on it. */
const commonJs: typeof plugin &
  typeof named & {
    readonly default: typeof plugin;
    readonly fastifyGrpcIdempotency: typeof plugin;
  } = Object.assign(plugin, named, { default: plugin, fastifyGrpcIdempotency: plugin });

export { commonJs as "module.exports" };
