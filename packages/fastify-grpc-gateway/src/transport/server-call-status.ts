import type { Metadata, ServerErrorResponse, StatusObject } from "@grpc/grpc-js";
import { Code, type MetadataEntries, type Status, toCode, transportStatus } from "grpc-transcoding";
import { fromGrpcMetadata } from "./grpc-metadata.ts";

/** What a handler may give instead of a response: an Error with gRPC members, or a part of a status. */
export type HandlerError = ServerErrorResponse | Partial<StatusObject>;

/** What grpc-js answers when a handler throws before it returns. */
export const handlerThrew: Status = transportStatus(Code.UNKNOWN, "Unknown error");

/** What grpc-js answers when a message cannot be decoded or encoded; the cause stays in this process. */
export const undecodable: Status = transportStatus(Code.INTERNAL, "Error deserializing request");
export const unencodable: Status = transportStatus(Code.INTERNAL, "Error serializing response");

/** What grpc-js answers to a method that the server does not have. */
export function unimplemented(path: string): Status {
  return transportStatus(Code.UNIMPLEMENTED, `The server does not implement the method ${path}`);
}

/** The status of a handler's error by grpc-js' rules: a code that is not an integer is UNKNOWN, with the error's message. */
export function errorToStatus(error: HandlerError): Status {
  const { code, details, message } = error as Partial<ServerErrorResponse>;
  const fallback = typeof message === "string" ? message : "Unknown Error";
  if (typeof code !== "number" || !Number.isInteger(code)) {
    return transportStatus(Code.UNKNOWN, fallback);
  }
  return transportStatus(toCode(code), typeof details === "string" ? details : fallback);
}

/** The trailers of a handler's error: those given to the callback win over the error's own. */
export function errorTrailers(
  error: HandlerError,
  trailers: Metadata | undefined,
): MetadataEntries {
  return fromGrpcMetadata(trailers ?? error.metadata);
}
