import type { FastifyRequest } from "fastify";
import {
  Code,
  type EtagRule,
  type Failure,
  type Status,
  type StatusDetail,
} from "grpc-transcoding";
import {
  detailToJson,
  errorInfoOf,
  gatewayError,
  opaqueTag,
  parseTagList,
} from "grpc-transcoding/internal";

/**
 * The tag of `If-Match`, as its field holds it (RFC 9110, section 13.1.1; AIP-154); undefined for no header, and for `*`,
 * which asks only that there is one. Throws a StatusError (400) for what one field cannot take.
 */
export function matchedTag(
  header: string | undefined,
  { bare }: Pick<EtagRule, "bare">,
): string | undefined {
  if (header === undefined) return undefined;
  const tags = parseTagList(header);
  if (tags === "*") return undefined;
  const [tag, second] = tags ?? [];
  if (tag === undefined) {
    throw gatewayError('If-Match: must be an entity tag such as "abc", in quotes, or *');
  }
  if (second !== undefined) throw gatewayError("If-Match: must be one entity tag, or *");
  return bare ? opaqueTag(tag) : tag;
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
