import { Code, StatusError } from "grpc-transcoding";
import { grpcFailureFromError } from "grpc-transcoding/internal";

/**
 * Anything that a handler threw as something that grpc-js can send: a StatusError and an error of a grpc-js client
 * keep their status and details; any other error is UNKNOWN with its message, as grpc-js has it.
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
