import createError, { type FastifyErrorConstructor } from "@fastify/error";

type OptionError<C extends string> = FastifyErrorConstructor<
  { code: C },
  [path: string, value: string, fix: string]
>;

/** The message has three places: the option's path, its value, and what to do about it. */
function optionError<C extends string>(
  code: C,
  message = "fastify-grpc-idempotency: option %s is %s: %s",
): OptionError<C> {
  return createError(code, message);
}

/** An option has the wrong type or an impossible value. */
export const FST_GRPC_IDEMPOTENCY_OPTION: OptionError<"FST_GRPC_IDEMPOTENCY_OPTION"> = optionError(
  "FST_GRPC_IDEMPOTENCY_OPTION",
);

/** An option that does not exist. */
export const FST_GRPC_IDEMPOTENCY_UNKNOWN_KEY: OptionError<"FST_GRPC_IDEMPOTENCY_UNKNOWN_KEY"> =
  optionError(
    "FST_GRPC_IDEMPOTENCY_UNKNOWN_KEY",
    "fastify-grpc-idempotency: option %s does not exist (its value: %s): %s",
  );

/** A method that no gateway has, or one that streams. */
export const FST_GRPC_IDEMPOTENCY_METHOD: OptionError<"FST_GRPC_IDEMPOTENCY_METHOD"> = optionError(
  "FST_GRPC_IDEMPOTENCY_METHOD",
);

/** A gateway that the app does not have. */
export const FST_GRPC_IDEMPOTENCY_GATEWAY: OptionError<"FST_GRPC_IDEMPOTENCY_GATEWAY"> =
  optionError("FST_GRPC_IDEMPOTENCY_GATEWAY");

/** A hand-written route that the app does not have, or that was there before the plugin. */
export const FST_GRPC_IDEMPOTENCY_ROUTE: OptionError<"FST_GRPC_IDEMPOTENCY_ROUTE"> = optionError(
  "FST_GRPC_IDEMPOTENCY_ROUTE",
);

/** A request to a hand-written route has a key, and a body that cannot be held against another: a stream. */
export const FST_GRPC_IDEMPOTENCY_BODY: FastifyErrorConstructor<
  { code: "FST_GRPC_IDEMPOTENCY_BODY"; statusCode: 500 },
  [kind: string]
> = createError(
  "FST_GRPC_IDEMPOTENCY_BODY",
  "the body of this route is %s, which cannot be compared: let a parser make bytes, a text or JSON of it",
  500,
);
