import { STATUS_CODES } from "node:http";
import { codeName, type DetailJson } from "grpc-transcoding";
import { detailType, errorInfoOf } from "grpc-transcoding/internal";
import type { ErrorAnswer, ErrorBody } from "./error-body.ts";
import { preferLanguage } from "./localized-message.ts";

/**
 * Problem details (RFC 9457) with the known details of google.rpc as extension members: `code`,
 * `reason`, `domain`, `metadata`, `errors`, `retryAfterSeconds`, `resource`, `requestId`, `links`;
 * all other details stand in `details`.
 */
export function renderProblem(answer: ErrorAnswer): ErrorBody {
  const { statusCode, context } = answer;
  const info = errorInfoOf(answer.details);
  const known = unfoldDetails(answer);
  const problem = {
    type: known.links[0]?.url ?? problemType(info),
    title: STATUS_CODES[statusCode] ?? (statusCode === 499 ? "Client Closed Request" : "Error"),
    status: statusCode,
    detail: answer.localized?.message ?? (answer.message || undefined),
    instance: context.path,
    code: codeName(answer.code),
    reason: info?.reason,
    domain: info?.domain,
    metadata: info?.metadata,
    errors: nonEmpty([...known.errors, ...known.violations]),
    links: nonEmpty(known.links),
    resource: known.resource,
    requestId: known.requestId,
    retryAfterSeconds: known.retryAfterSeconds,
    details: nonEmpty(known.details),
  };
  return {
    contentType: "application/problem+json",
    body: JSON.stringify(problem),
    language: answer.localized?.locale,
  };
}

type Members = Readonly<Record<string, unknown>>;

/** What the details of google.rpc say, and in `details` all others. */
interface Unfolded {
  /** Of BadRequest. */
  readonly errors: object[];
  /** Of QuotaFailure and PreconditionFailure. */
  readonly violations: object[];
  readonly links: Members[];
  readonly details: DetailJson[];
  resource?: Members;
  requestId?: unknown;
  retryAfterSeconds?: number | undefined;
}

function unfoldDetails({ details, context }: ErrorAnswer): Unfolded {
  const unfolded: Unfolded = { errors: [], violations: [], links: [], details: [] };
  for (const detail of details) {
    // A type whose bytes could not be read has its base64 in `value`, and none of its fields.
    const type = "value" in detail ? undefined : detailType({ typeUrl: detail["@type"] });
    switch (type) {
      case "google.rpc.ErrorInfo":
      case "google.rpc.LocalizedMessage":
        break;
      case "google.rpc.BadRequest":
        for (const violation of listOf(detail, "fieldViolations"))
          unfolded.errors.push(fieldError(violation, context.acceptLanguage));
        break;
      case "google.rpc.QuotaFailure":
      case "google.rpc.PreconditionFailure":
        for (const { description, ...violation } of listOf(detail, "violations"))
          unfolded.violations.push({ ...violation, detail: description });
        break;
      case "google.rpc.Help":
        unfolded.links.push(...listOf(detail, "links").filter(({ url }) => isWebUrl(url)));
        break;
      case "google.rpc.ResourceInfo":
        unfolded.resource = { ...detail, "@type": undefined };
        break;
      case "google.rpc.RequestInfo":
        unfolded.requestId = detail.requestId;
        break;
      case "google.rpc.RetryInfo":
        unfolded.retryAfterSeconds = secondsOf(detail);
        break;
      default:
        unfolded.details.push(detail);
    }
  }
  return unfolded;
}

/** A name for the kind of problem (RFC 9457 §3.1.1); no address, so nothing to resolve. */
function problemType(info: { reason: string; domain: string } | undefined): string {
  if (info === undefined || info.reason === "") return "about:blank";
  const parts = [info.domain, info.reason].map(encodeURIComponent);
  return `urn:grpc-error:${parts.join(":")}`;
}

function fieldError(violation: Members, acceptLanguage: string | undefined): object {
  const { field, description, localizedMessage, reason } = violation;
  return { field, detail: localized(localizedMessage, acceptLanguage) ?? description, reason };
}

function localized(message: unknown, acceptLanguage: string | undefined): string | undefined {
  const candidate = message as { locale?: unknown; message?: unknown } | undefined;
  if (typeof candidate?.locale !== "string" || typeof candidate.message !== "string")
    return undefined;
  const { locale, message: text } = candidate;
  return preferLanguage([{ locale, message: text }], acceptLanguage)?.message;
}

/** The entries of a repeated message field. */
function listOf(detail: DetailJson, field: string): readonly Members[] {
  return (detail[field] ?? []) as readonly Members[];
}

function nonEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

// A service may pass on what a user wrote; `javascript:` must not become a link in a client.
function isWebUrl(url: unknown): boolean {
  return typeof url === "string" && /^https?:\/\/[^\s]+$/i.test(url);
}

function secondsOf({ retryDelay: delay }: Members): number | undefined {
  return typeof delay === "string" ? Number.parseFloat(delay) : undefined;
}
