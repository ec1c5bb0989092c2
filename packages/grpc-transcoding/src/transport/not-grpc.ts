import { Code } from "../model/code.ts";
import type { Status } from "../model/status.ts";
import { transportStatus } from "./transport-status.ts";

/** Whether a content type is that of gRPC (PROTOCOL-HTTP2.md): `application/grpc`, with or without a suffix. */
export function isGrpcContentType(contentType: string): boolean {
  return /^application\/grpc(?:[+;]|$)/i.test(contentType);
}

// https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md
const codes: ReadonlyMap<number, Code> = new Map([
  [400, Code.INTERNAL],
  [401, Code.UNAUTHENTICATED],
  [403, Code.PERMISSION_DENIED],
  [404, Code.UNIMPLEMENTED],
  [429, Code.UNAVAILABLE],
  [502, Code.UNAVAILABLE],
  [503, Code.UNAVAILABLE],
  [504, Code.UNAVAILABLE],
]);

/** The code of an answer without a `grpc-status`, by its HTTP status. */
export function codeOfAnswer(httpStatus: number): Code {
  return codes.get(httpStatus) ?? Code.UNKNOWN;
}

/**
 * The status of an answer that is not gRPC, by its HTTP status: a proxy, a web server, another protocol's. Of
 * origin `"upstream"`; the text tells the media type where it is a short and plain one.
 */
export function notGrpc(httpStatus: number, contentType: string | undefined): Status {
  const [mediaType = ""] = contentType?.split(";", 1) ?? [];
  const told = /^[\w.+-]{1,40}\/[\w.+-]{1,80}$/.test(mediaType.trim())
    ? mediaType.trim()
    : "unknown";
  const http = httpStatus === 200 ? "" : `HTTP ${httpStatus}, `;
  return transportStatus(
    codeOfAnswer(httpStatus),
    `the upstream's answer is not gRPC: ${http}content-type ${told}`,
  );
}
