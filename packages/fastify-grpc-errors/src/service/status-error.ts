/// <reference lib="es2024.string" />
import { createRequire } from "node:module";
import type { Metadata } from "@grpc/grpc-js";
import {
  Code,
  encodeStatusDetails,
  type MetadataEntries,
  type StatusDetail,
  statusDetailsKey,
} from "grpc-transcoding";
import { grpcFailureFromError, omitStackTrace, restoreStackTrace } from "grpc-transcoding/internal";

/** What a {@link StatusError} sends beside its code and message. */
export interface StatusErrorOptions {
  /** Made by `errorInfoDetail`, `badRequestDetail` and so on. */
  readonly details?: readonly StatusDetail[];
  /** Further trailers; values of keys that end in `-bin` are bytes. */
  readonly trailers?: MetadataEntries;
  readonly cause?: unknown;
}

/**
 * A status for the handlers of a grpc-js server: `callback(new StatusError(Code.NOT_FOUND, "…"))`.
 * Has the members that grpc-js reads (`code`, `details`, `metadata`), and writes its details into
 * `grpc-status-details-bin`. Has no stack unless it is UNKNOWN, INTERNAL or DATA_LOSS. Needs @grpc/grpc-js to be installed once `metadata` is read.
 */
export class StatusError extends Error {
  override readonly name = "StatusError";
  readonly code: Code;
  /** The message, under the name that grpc-js has for it. */
  readonly details: string;
  readonly statusDetails: readonly StatusDetail[];
  private readonly trailers: MetadataEntries;
  private built: Metadata | undefined;

  constructor(code: Code, message: string, options: StatusErrorOptions = {}) {
    const limit = omitStackTrace(code);
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    restoreStackTrace(limit);
    this.code = code;
    // grpc-js escapes the message by encodeURI, which throws for an unpaired surrogate.
    this.details = message.toWellFormed();
    this.statusDetails = options.details ?? [];
    this.trailers = options.trailers ?? [];
  }

  /** What follows the status: the details as `grpc-status-details-bin`, and the given trailers. */
  get metadata(): Metadata {
    this.built ??= this.buildMetadata();
    return this.built;
  }

  private buildMetadata(): Metadata {
    const metadata = new (grpcMetadata())();
    for (const [key, value] of this.trailers) {
      metadata.add(key, typeof value === "string" ? value : Buffer.from(value));
    }
    if (this.statusDetails.length > 0) {
      const { code, details: message, statusDetails: details } = this;
      metadata.set(statusDetailsKey, encodeStatusDetails({ code, message, details }));
    }
    return metadata;
  }
}

/**
 * Anything that a handler threw as something that grpc-js can send: a StatusError of either package
 * and an error of a grpc-js client keep their status and details; any other error is UNKNOWN with its
 * message, as grpc-js has it.
 */
export function toServiceError(error: unknown): StatusError {
  if (error instanceof StatusError) return error;
  const failure = grpcFailureFromError(error);
  if (failure !== undefined) {
    const { code, message, details } = failure.status;
    return new StatusError(code, message, { details, cause: error });
  }
  const message = error instanceof Error ? error.message : "Unknown Error";
  return new StatusError(Code.UNKNOWN, message, { cause: error });
}

let loaded: typeof Metadata | undefined;

// Lazy and optional: an app that only answers errors over HTTP needs no grpc-js. Whose copy it is
// does not matter, since a server calls methods of what it is given.
function grpcMetadata(): typeof Metadata {
  loaded ??= (createRequire(import.meta.url)("@grpc/grpc-js") as { Metadata: typeof Metadata })
    .Metadata;
  return loaded;
}
