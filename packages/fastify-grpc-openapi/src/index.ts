import * as named from "./named-exports.ts";
import { fastifyGrpcOpenapi } from "./plugin.ts";

export * from "./named-exports.ts";
export { fastifyGrpcOpenapi };
export default fastifyGrpcOpenapi;

/** What `require("fastify-grpc-openapi")` returns: the plugin, with every other export on it. */
const commonJs: typeof fastifyGrpcOpenapi &
  typeof named & {
    readonly default: typeof fastifyGrpcOpenapi;
    readonly fastifyGrpcOpenapi: typeof fastifyGrpcOpenapi;
  } = Object.assign(fastifyGrpcOpenapi, named, {
  default: fastifyGrpcOpenapi,
  fastifyGrpcOpenapi,
});

export { commonJs as "module.exports" };
