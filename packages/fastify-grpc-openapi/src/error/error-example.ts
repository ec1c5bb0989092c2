import {
  Code,
  type ErrorBodyFormat,
  type ErrorResponse,
  errorInfoDetail,
  type HttpBinding,
} from "grpc-transcoding";
import type { DocumentContext } from "../context/document-context.ts";
import { errorMediaType } from "./error-body.ts";

/** The name of an example: the reason, or the code of an error without one. */
export function exampleName(error: ErrorResponse): string {
  return error.reason ?? error.code;
}

/**
 * The body that the live error table answers for a declared error. Undefined when it answers in
 * another format or with another status, so that an example never shows what does not happen.
 */
export function errorExample(
  error: ErrorResponse,
  format: ErrorBodyFormat,
  { method }: HttpBinding,
  { errors, schema, json }: DocumentContext,
): unknown {
  const details = error.reason
    ? [errorInfoDetail({ reason: error.reason, domain: error.domain ?? "" })]
    : [];
  const status = { code: Code[error.code], message: error.message, details };
  const accept = errorMediaType(format);
  const answer = errors.toHttp({ status, origin: "service" }, { method, schema, json, accept });
  if (answer.statusCode !== error.statusCode) return undefined;
  if (!answer.headers["content-type"]?.startsWith(accept)) return undefined;
  return JSON.parse(answer.body);
}
