import type { Failure, FailureOrigin } from "../model/failure.ts";
import type { MetadataEntries } from "../model/metadata.ts";
import type { Status } from "../model/status.ts";
import { decodeStatusDetails, statusDetailsKey } from "./status-details.ts";

/** What {@link failureOf} may be told beside the status. */
export interface FailureOfOptions {
  /** @default "service" */
  readonly origin?: FailureOrigin;
  /** Told when `grpc-status-details-bin` is malformed, or names another code than `grpc-status`. */
  readonly warn?: (message: string) => void;
}

/**
 * The failure that a transport reported by `onStatus`. Details come from `grpc-status-details-bin`;
 * code and message are those of `grpc-status` and `grpc-message` where the two differ, since every
 * gRPC client goes by them.
 */
export function failureOf(
  status: Status,
  trailers: MetadataEntries,
  options: FailureOfOptions = {},
): Failure {
  const origin = options.origin ?? "service";
  const encoded = trailers.find(([key]) => key === statusDetailsKey)?.[1];
  if (encoded === undefined || status.details.length > 0) {
    return { status, origin, trailers };
  }
  const decoded = typeof encoded === "string" ? undefined : decodeStatusDetails(encoded);
  if (decoded === undefined) {
    options.warn?.(`${statusDetailsKey} is not a google.rpc.Status: its details are dropped`);
    return { status, origin, trailers };
  }
  if (decoded.code !== status.code) {
    options.warn?.(`grpc-status is ${status.code}, but ${statusDetailsKey} says ${decoded.code}`);
  }
  return {
    status: {
      code: status.code,
      message: status.message || decoded.message,
      details: decoded.details,
    },
    origin,
    trailers,
  };
}
