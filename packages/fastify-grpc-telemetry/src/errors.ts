import createError, { type FastifyErrorConstructor } from "@fastify/error";

type OptionError<C extends string> = FastifyErrorConstructor<
  { code: C },
  [path: string, value: string, fix: string]
>;

/** The message has three places: the option's path, its value, and what to do about it. */
function optionError<C extends string>(
  code: C,
  message = "fastify-grpc-telemetry: option %s is %s: %s",
): OptionError<C> {
  return createError(code, message);
}

/** An option has the wrong type or an impossible value. */
export const FST_GRPC_TELEMETRY_OPTION: OptionError<"FST_GRPC_TELEMETRY_OPTION"> = optionError(
  "FST_GRPC_TELEMETRY_OPTION",
);

/** An option that does not exist. */
export const FST_GRPC_TELEMETRY_UNKNOWN_KEY: OptionError<"FST_GRPC_TELEMETRY_UNKNOWN_KEY"> =
  optionError(
    "FST_GRPC_TELEMETRY_UNKNOWN_KEY",
    "fastify-grpc-telemetry: option %s does not exist (its value: %s): %s",
  );

/** A gateway that the app does not have. */
export const FST_GRPC_TELEMETRY_GATEWAY: OptionError<"FST_GRPC_TELEMETRY_GATEWAY"> = optionError(
  "FST_GRPC_TELEMETRY_GATEWAY",
);

/** A page for Prometheus is wanted, and the package prom-client, which writes it, cannot be loaded. */
export const FST_GRPC_TELEMETRY_PROM_CLIENT: FastifyErrorConstructor<
  { code: "FST_GRPC_TELEMETRY_PROM_CLIENT" },
  [cause: string]
> = createError(
  "FST_GRPC_TELEMETRY_PROM_CLIENT",
  "fastify-grpc-telemetry: option metrics.path needs the package prom-client: npm install prom-client@15 (%s)",
);
