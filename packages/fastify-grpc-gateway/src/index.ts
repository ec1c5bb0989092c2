import * as named from "./named-exports.ts";
import plugin from "./plugin.ts";

export * from "./named-exports.ts";

// What `require("fastify-grpc-gateway")` returns: the plugin, with everything else on it.
const commonJs: typeof plugin & typeof named = Object.assign(plugin, named);

export { commonJs as "module.exports", plugin as default, plugin as fastifyGrpcGateway };
