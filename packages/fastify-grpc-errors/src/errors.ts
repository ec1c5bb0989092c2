import createError, { type FastifyErrorConstructor } from "@fastify/error";

type OptionError<C extends string> = FastifyErrorConstructor<
  { code: C },
  [path: string, value: string, fix: string]
>;

/** The message has three places: the option's path, its value, and what to do about it. */
function optionError<C extends string>(
  code: C,
  message = "fastify-grpc-errors: option %s is %s: %s",
): OptionError<C> {
  return createError(code, message);
}

/** An option has the wrong type or an impossible value. */
export const FST_GRPC_ERRORS_OPTION: OptionError<"FST_GRPC_ERRORS_OPTION"> =
  optionError("FST_GRPC_ERRORS_OPTION");

/** An option or a member of a rule that does not exist. */
export const FST_GRPC_ERRORS_UNKNOWN_KEY: OptionError<"FST_GRPC_ERRORS_UNKNOWN_KEY"> = optionError(
  "FST_GRPC_ERRORS_UNKNOWN_KEY",
  "fastify-grpc-errors: option %s does not exist (its value: %s): %s",
);

/** Neither the name nor the number of a gRPC code, or OK. */
export const FST_GRPC_ERRORS_CODE: OptionError<"FST_GRPC_ERRORS_CODE"> =
  optionError("FST_GRPC_ERRORS_CODE");

/** Not an HTTP status from 400 to 599. */
export const FST_GRPC_ERRORS_STATUS: OptionError<"FST_GRPC_ERRORS_STATUS"> =
  optionError("FST_GRPC_ERRORS_STATUS");

/** Not a reason by AIP-193. */
export const FST_GRPC_ERRORS_REASON: OptionError<"FST_GRPC_ERRORS_REASON"> =
  optionError("FST_GRPC_ERRORS_REASON");

/** A method pattern that is malformed, or that fits no method of any gateway. */
export const FST_GRPC_ERRORS_METHOD: OptionError<"FST_GRPC_ERRORS_METHOD"> =
  optionError("FST_GRPC_ERRORS_METHOD");

/** A tenant that is not among the known ones. */
export const FST_GRPC_ERRORS_TENANT: OptionError<"FST_GRPC_ERRORS_TENANT"> =
  optionError("FST_GRPC_ERRORS_TENANT");

/** A header that a rule may not set, or that is no legal header. */
export const FST_GRPC_ERRORS_HEADER: OptionError<"FST_GRPC_ERRORS_HEADER"> =
  optionError("FST_GRPC_ERRORS_HEADER");

/** Two entries of equal specificity for the same failures. */
export const FST_GRPC_ERRORS_DUPLICATE: OptionError<"FST_GRPC_ERRORS_DUPLICATE"> = optionError(
  "FST_GRPC_ERRORS_DUPLICATE",
  "fastify-grpc-errors: option %s decides the same failures as %s: %s",
);

/** A rule that can never decide anything. */
export const FST_GRPC_ERRORS_SHADOWED: OptionError<"FST_GRPC_ERRORS_SHADOWED"> = optionError(
  "FST_GRPC_ERRORS_SHADOWED",
  "fastify-grpc-errors: option %s can never decide, because more specific entries cover all of its failures (%s): %s",
);

/** 405 demands an `Allow` header, which only a gateway's route table knows. */
export const FST_GRPC_ERRORS_ALLOW: OptionError<"FST_GRPC_ERRORS_ALLOW"> =
  optionError("FST_GRPC_ERRORS_ALLOW");

/** A table file that cannot be read or parsed. */
export const FST_GRPC_ERRORS_FILE: OptionError<"FST_GRPC_ERRORS_FILE"> = optionError(
  "FST_GRPC_ERRORS_FILE",
  "fastify-grpc-errors: table file %s cannot be used: %s: %s",
);
