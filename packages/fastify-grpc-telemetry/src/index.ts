import * as named from "./named-exports.ts";
import { plugin } from "./plugin.ts";

export * from "./named-exports.ts";
export { plugin as fastifyGrpcTelemetry };
export default plugin;

/** What `require("fastify-grpc-telemetry")` returns: the plugin, with every other export on it. */
const commonJs: typeof plugin &
  typeof named & { readonly default: typeof plugin; readonly fastifyGrpcTelemetry: typeof plugin } =
  Object.assign(plugin, named, { default: plugin, fastifyGrpcTelemetry: plugin });

export { commonJs as "module.exports" };
