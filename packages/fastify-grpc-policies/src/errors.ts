import createError, { type FastifyErrorConstructor } from "@fastify/error";

type OptionError<C extends string> = FastifyErrorConstructor<
  { code: C },
  [path: string, value: string, fix: string]
>;

/** The message has three places: the option's path, its value, and what to do about it. */
function optionError<C extends string>(
  code: C,
  message = "fastify-grpc-policies: option %s is %s: %s",
): OptionError<C> {
  return createError(code, message);
}

/** An option has the wrong type or an impossible value. */
export const FST_GRPC_POLICIES_OPTION: OptionError<"FST_GRPC_POLICIES_OPTION"> = optionError(
  "FST_GRPC_POLICIES_OPTION",
);

/** An option that does not exist. */
export const FST_GRPC_POLICIES_UNKNOWN_KEY: OptionError<"FST_GRPC_POLICIES_UNKNOWN_KEY"> =
  optionError(
    "FST_GRPC_POLICIES_UNKNOWN_KEY",
    "fastify-grpc-policies: option %s does not exist (its value: %s): %s",
  );

/** A gateway that the app does not have. */
export const FST_GRPC_POLICIES_GATEWAY: OptionError<"FST_GRPC_POLICIES_GATEWAY"> = optionError(
  "FST_GRPC_POLICIES_GATEWAY",
);

/** Settings of a kind that the plugin was registered without: they cannot come at run time. */
export const FST_GRPC_POLICIES_FIXED: OptionError<"FST_GRPC_POLICIES_FIXED"> =
  optionError("FST_GRPC_POLICIES_FIXED");

/** A circuit breaker is wanted, and the package opossum, which makes it, cannot be loaded. */
export const FST_GRPC_POLICIES_OPOSSUM: FastifyErrorConstructor<
  { code: "FST_GRPC_POLICIES_OPOSSUM" },
  [cause: string]
> = createError(
  "FST_GRPC_POLICIES_OPOSSUM",
  "fastify-grpc-policies: option circuitBreaker needs the package opossum: npm install opossum@9 (%s)",
);
