import createError, { type FastifyErrorConstructor } from "@fastify/error";

/** An option of the gateway is malformed: names the option, what was given and what to give. */
export const FST_GRPC_OPTION: FastifyErrorConstructor<{ code: "FST_GRPC_OPTION" }, [string]> =
  createError("FST_GRPC_OPTION", "fastify-grpc-gateway: %s");

/** The protos could not be loaded, or a rule does not fit its message: lists every place. */
export const FST_GRPC_SCHEMA: FastifyErrorConstructor<{ code: "FST_GRPC_SCHEMA" }, [string]> =
  createError("FST_GRPC_SCHEMA", "fastify-grpc-gateway: the schema has problems:\n%s");

/** Two bindings claim the same requests; within one gateway or between two. */
export const FST_GRPC_CONFLICT: FastifyErrorConstructor<{ code: "FST_GRPC_CONFLICT" }, [string]> =
  createError("FST_GRPC_CONFLICT", "fastify-grpc-gateway: conflicts:\n%s");

/** An HTTP method that no request can have. */
export const FST_GRPC_METHOD: FastifyErrorConstructor<{ code: "FST_GRPC_METHOD" }, [string]> =
  createError(
    "FST_GRPC_METHOD",
    "fastify-grpc-gateway: %s is no HTTP method that Node's parser knows: use one of http.METHODS",
  );

/** More route groups under one prefix than find-my-way can tell apart. */
export const FST_GRPC_PREFIX_FULL: FastifyErrorConstructor<
  { code: "FST_GRPC_PREFIX_FULL" },
  [string]
> = createError(
  "FST_GRPC_PREFIX_FULL",
  "fastify-grpc-gateway: prefix %s has all the gateways and handlePath scopes that Fastify's router (find-my-way) can hold on one path, which is 31 with each gateway counted twice, once for bodies that stream: use another prefix, or put the services into one gateway",
);

/** `app.grpcGateway(name)` of a gateway that is not registered in this app. */
export const FST_GRPC_UNKNOWN_GATEWAY: FastifyErrorConstructor<
  { code: "FST_GRPC_UNKNOWN_GATEWAY" },
  [string]
> = createError("FST_GRPC_UNKNOWN_GATEWAY", "fastify-grpc-gateway: %s");
