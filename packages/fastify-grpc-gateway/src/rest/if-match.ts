import type { FastifyRequest } from "fastify";
import {
  Code,
  type EtagRule,
  type Failure,
  type FieldPath,
  type HttpBinding,
  type Status,
  type StatusDetail,
  type TranscoderOptions,
} from "grpc-transcoding";
import {
  compileFieldSource,
  compileFindField,
  detailToJson,
  errorInfoOf,
  gatewayError,
  opaqueTag,
  parseTagList,
} from "grpc-transcoding/internal";
import type { RequestFields } from "./field-sources.ts";

/**
 * Compiles what `If-Match` is in a request: the field that takes its tag (RFC 9110, section 13.1.1; AIP-154). `*` sets
 * nothing: the resource has to be there. The result throws a StatusError: 428 where the tag has to be there and is
 * not, 400 for a header that the field cannot take.
 */
export function compileIfMatch(
  binding: HttpBinding,
  field: FieldPath,
  { required, bare }: Pick<EtagRule, "required" | "bare">,
  options: Pick<TranscoderOptions, "codec">,
): RequestFields {
  const encode = compileFieldSource(binding, field, "If-Match", options);
  const find = compileFindField(field.fields);
  return (request, message) => {
    const header = request.headers["if-match"];
    if (header === undefined) {
      if (required && find(message) < 0) throw preconditionRequired(field);
      return [];
    }
    const tags = parseTagList(header);
    if (tags === "*") return [];
    const [tag, second] = tags ?? [];
    if (tag === undefined) {
      throw gatewayError('If-Match: must be an entity tag such as "abc", in quotes, or *');
    }
    if (second !== undefined) throw gatewayError("If-Match: must be one entity tag, or *");
    return [encode(bare ? opaqueTag(tag) : tag)];
  };
}

function preconditionRequired({ path }: FieldPath): Error {
  return gatewayError(`send If-Match with the entity tag that you have, or set ${path}`, {
    code: Code.FAILED_PRECONDITION,
    http: { statusCode: 428 },
  });
}

/**
 * The HTTP side of a call that failed because the resource is in another state than the one that `If-Match` names:
 * ABORTED (AIP-154), FAILED_PRECONDITION with the reason `ETAG_MISMATCH`, and NOT_FOUND for `*`.
 */
export function unmetCondition(
  { code, details }: Status,
  { headers }: Pick<FastifyRequest, "headers">,
): Failure["http"] {
  const header = headers["if-match"];
  if (header === undefined) return undefined;
  const isUnmet =
    code === Code.ABORTED ||
    (code === Code.NOT_FOUND && header.trim() === "*") ||
    (code === Code.FAILED_PRECONDITION && hasReason(details, "ETAG_MISMATCH"));
  return isUnmet ? { statusCode: 412 } : undefined;
}

function hasReason(details: readonly StatusDetail[], reason: string): boolean {
  return errorInfoOf(details.map((detail) => detailToJson(detail, {})))?.reason === reason;
}
