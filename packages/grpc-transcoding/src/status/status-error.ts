import { Code, codeName } from "../model/code.ts";
import type { Failure, FailureOrigin } from "../model/failure.ts";
import type { MetadataEntries } from "../model/metadata.ts";
import type { Status, StatusDetail } from "../model/status.ts";
import { gatewayInfo, httpReason } from "./gateway-info.ts";
import { omitStackTrace, restoreStackTrace } from "./stack-trace.ts";

const brand = Symbol.for("grpc-transcoding.StatusError");

/** What a {@link StatusError} is made of beside its code and message. */
export interface StatusErrorOptions {
  readonly details?: readonly StatusDetail[];
  readonly origin?: FailureOrigin;
  readonly http?: Failure["http"];
  readonly metadata?: MetadataEntries;
  readonly cause?: unknown;
}

/** A {@link Failure} that can be thrown; without a stack unless it is UNKNOWN, INTERNAL or DATA_LOSS. `instanceof` judges by a brand, so two copies of this package agree. */
export class StatusError extends Error implements Failure {
  override readonly name = "StatusError";
  readonly status: Status;
  readonly origin: FailureOrigin;
  readonly http?: NonNullable<Failure["http"]>;
  readonly metadata?: MetadataEntries;

  constructor(code: Code, message: string, options: StatusErrorOptions = {}) {
    const limit = omitStackTrace(code);
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    restoreStackTrace(limit);
    this.status = { code, message, details: options.details ?? [] };
    this.origin = options.origin ?? "service";
    if (options.http !== undefined) this.http = options.http;
    if (options.metadata !== undefined) this.metadata = options.metadata;
  }

  /** The gRPC status code by name, for example `"NOT_FOUND"`. */
  get codeName(): string {
    return codeName(this.status.code);
  }

  static {
    Object.defineProperty(StatusError.prototype, brand, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && brand in value;
  }

  /** The same failure as something to throw. */
  static from(failure: Failure): StatusError {
    if (failure instanceof StatusError) return failure;
    const { status, origin, http, metadata } = failure;
    return new StatusError(status.code, status.message, {
      details: status.details,
      origin,
      ...(http && { http }),
      ...(metadata && { metadata }),
    });
  }
}

/** What a {@link gatewayError} may be given. */
export interface GatewayErrorOptions extends Omit<StatusErrorOptions, "origin"> {
  /** @default INVALID_ARGUMENT */
  readonly code?: Code;
  /**
   * The reason of its ErrorInfo; `false` for none, where a body must be that of another gateway.
   * @default the name of the HTTP status or code: METHOD_NOT_ALLOWED, INVALID_ARGUMENT
   */
  readonly reason?: string | false;
}

/**
 * A failure of the gateway itself. Its last detail is an ErrorInfo of the gateway's domain: rules of an
 * error table go by it.
 */
export function gatewayError(message: string, options: GatewayErrorOptions = {}): StatusError {
  const { code = Code.INVALID_ARGUMENT, reason, details = [], ...others } = options;
  const { http } = others;
  const name = reason ?? (http === undefined ? codeName(code) : httpReason(http.statusCode));
  return new StatusError(code, message, {
    ...others,
    details: name === false ? details : [...details, gatewayInfo(name)],
    origin: "gateway",
  });
}
