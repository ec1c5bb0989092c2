import createError, { type FastifyErrorConstructor } from "@fastify/error";

type OptionError<C extends string> = FastifyErrorConstructor<
  { code: C },
  [path: string, value: string, fix: string]
>;

/** An option has the wrong type or an impossible value. */
export const FST_GRPC_TENANTS_OPTION: OptionError<"FST_GRPC_TENANTS_OPTION"> = createError(
  "FST_GRPC_TENANTS_OPTION",
  "fastify-grpc-tenants: option %s is %s: %s",
);

/** An option that does not exist. */
export const FST_GRPC_TENANTS_UNKNOWN_KEY: OptionError<"FST_GRPC_TENANTS_UNKNOWN_KEY"> =
  createError(
    "FST_GRPC_TENANTS_UNKNOWN_KEY",
    "fastify-grpc-tenants: option %s does not exist (its value: %s): %s",
  );

/** The tenants document cannot be read, or says something that is wrong; all problems, one a line, each with its place. */
export const FST_GRPC_TENANTS_DOCUMENT: FastifyErrorConstructor<
  { code: "FST_GRPC_TENANTS_DOCUMENT" },
  [problems: string]
> = createError("FST_GRPC_TENANTS_DOCUMENT", "%s");

/** The place that the document comes from does not give it. */
export const FST_GRPC_TENANTS_SOURCE: FastifyErrorConstructor<
  { code: "FST_GRPC_TENANTS_SOURCE" },
  [source: string, problem: string]
> = createError("FST_GRPC_TENANTS_SOURCE", "%s: %s");
