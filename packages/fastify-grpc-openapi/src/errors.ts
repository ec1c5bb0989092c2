import createError, { type FastifyErrorConstructor } from "@fastify/error";

/** An option of the plugin is malformed: names the option, what was given and what to give. */
export const FST_GRPC_OPENAPI_OPTION: FastifyErrorConstructor<
  { code: "FST_GRPC_OPENAPI_OPTION" },
  [string]
> = createError("FST_GRPC_OPENAPI_OPTION", "fastify-grpc-openapi: %s");

/** `app.grpcOpenapi` was asked for the document of a gateway that the app does not have. */
export const FST_GRPC_OPENAPI_GATEWAY: FastifyErrorConstructor<
  { code: "FST_GRPC_OPENAPI_GATEWAY" },
  [string]
> = createError("FST_GRPC_OPENAPI_GATEWAY", "fastify-grpc-openapi: %s");

/** The document would lack something, and the option `check` is `"throw"`: lists every finding. */
export const FST_GRPC_OPENAPI_INCOMPLETE: FastifyErrorConstructor<
  { code: "FST_GRPC_OPENAPI_INCOMPLETE" },
  [string]
> = createError("FST_GRPC_OPENAPI_INCOMPLETE", "fastify-grpc-openapi: the document lacks:\n%s");
