import { Code, codeName } from "../model/code.ts";
/// <reference lib="es2024.string" />
import type { Failure, FailureOrigin } from "../model/failure.ts";
import type { MetadataEntries } from "../model/metadata.ts";
import type { Status, StatusDetail } from "../model/status.ts";
import { gatewayInfo, httpReason } from "./gateway-info.ts";
import { omitStackTrace, restoreStackTrace } from "./stack-trace.ts";
import { encodeStatusDetails, statusDetailsKey } from "./status-details.ts";
import { TrailingMetadata } from "./trailing-metadata.ts";

const brand = Symbol.for("grpc-transcoding.StatusError");

/** What a {@link StatusError} is made of beside its code and message. */
export interface StatusErrorOptions {
  /** Made by `errorInfoDetail`, `badRequestDetail` and so on. */
  readonly details?: readonly StatusDetail[];
  /** @default "service" */
  readonly origin?: FailureOrigin;
  readonly http?: Failure["http"];
  /** What goes with the status; values of keys that end in `-bin` are bytes. */
  readonly trailers?: MetadataEntries;
  readonly cause?: unknown;
}

/**
 * A status to throw: in hooks and policies, where it is a {@link Failure}, and in handlers of a grpc-js server, which
 * reads `code`, `details` and `metadata`: `callback(new StatusError(Code.NOT_FOUND, "…"))`. Without a stack unless
 * it is UNKNOWN, INTERNAL or DATA_LOSS. `instanceof` judges by a brand, so two copies of this package agree.
 */
export class StatusError extends Error implements Failure {
  override readonly name = "StatusError";
  readonly status: Status;
  readonly origin: FailureOrigin;
  readonly http?: NonNullable<Failure["http"]>;
  readonly trailers?: MetadataEntries;
  #metadata: TrailingMetadata | undefined;

  constructor(code: Code, message: string, options: StatusErrorOptions = {}) {
    const limit = omitStackTrace(code);
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    restoreStackTrace(limit);
    this.status = { code, message, details: options.details ?? [] };
    this.origin = options.origin ?? "service";
    if (options.http !== undefined) this.http = options.http;
    if (options.trailers !== undefined) this.trailers = options.trailers;
  }

  get code(): Code {
    return this.status.code;
  }

  /** The message, under the name that grpc-js has for it. The details of the status are `status.details`. */
  get details(): string {
    // grpc-js escapes it by encodeURI, which throws for an unpaired surrogate.
    return String(this.status.message).toWellFormed();
  }

  /** As grpc-js' class `Metadata`: the trailers, and the details as `grpc-status-details-bin`. */
  // biome-ignore lint/suspicious/noExplicitAny: grpc-js takes nothing but its own class by type, which this package does not know
  get metadata(): any {
    this.#metadata ??= this.#toMetadata();
    return this.#metadata;
  }

  #toMetadata(): TrailingMetadata {
    const metadata = TrailingMetadata.of(this.trailers ?? []);
    const { code, details } = this.status;
    if (details.length > 0) {
      const status = { code, message: this.details, details };
      metadata.set(statusDetailsKey, encodeStatusDetails(status));
    }
    return metadata;
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
    const { status, origin, http, trailers } = failure;
    return new StatusError(status.code, status.message, {
      details: status.details,
      origin,
      ...(http && { http }),
      ...(trailers && { trailers }),
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
