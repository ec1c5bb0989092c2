import createError, { type FastifyErrorConstructor } from "@fastify/error";

type OptionError<C extends string> = FastifyErrorConstructor<
  { code: C },
  [path: string, value: string, fix: string]
>;

/** The message has three places: the option's path, its value, and what to do about it. */
function optionError<C extends string>(
  code: C,
  message = "fastify-grpc-auth: option %s is %s: %s",
): OptionError<C> {
  return createError(code, message);
}

/** An option has the wrong type or an impossible value. */
export const FST_GRPC_AUTH_OPTION: OptionError<"FST_GRPC_AUTH_OPTION"> =
  optionError("FST_GRPC_AUTH_OPTION");

/** An option that does not exist. */
export const FST_GRPC_AUTH_UNKNOWN_KEY: OptionError<"FST_GRPC_AUTH_UNKNOWN_KEY"> = optionError(
  "FST_GRPC_AUTH_UNKNOWN_KEY",
  "fastify-grpc-auth: option %s does not exist (its value: %s): %s",
);

/** A gateway that the app does not have. */
export const FST_GRPC_AUTH_GATEWAY: OptionError<"FST_GRPC_AUTH_GATEWAY"> =
  optionError("FST_GRPC_AUTH_GATEWAY");

/** A method, or the path of a handler, that no gateway has. */
export const FST_GRPC_AUTH_METHOD: OptionError<"FST_GRPC_AUTH_METHOD"> =
  optionError("FST_GRPC_AUTH_METHOD");

/** Nothing verifies tokens, or more than one thing would. */
export const FST_GRPC_AUTH_VERIFIER: FastifyErrorConstructor<
  { code: "FST_GRPC_AUTH_VERIFIER" },
  [what: string]
> = createError("FST_GRPC_AUTH_VERIFIER", "fastify-grpc-auth: %s");

/** Issuers are given, and the package jose, which verifies their tokens, cannot be loaded. */
export const FST_GRPC_AUTH_JOSE: FastifyErrorConstructor<
  { code: "FST_GRPC_AUTH_JOSE" },
  [cause: string]
> = createError(
  "FST_GRPC_AUTH_JOSE",
  "fastify-grpc-auth: option issuers needs the package jose: npm install jose@6 (%s)",
);

/** Certificates that the app's server cannot show at its start. */
export const FST_GRPC_AUTH_TLS: FastifyErrorConstructor<
  { code: "FST_GRPC_AUTH_TLS" },
  [what: string]
> = createError("FST_GRPC_AUTH_TLS", "fastify-grpc-auth: %s");
