import { STATUS_CODES } from "node:http";
import { codeName, type DetailJson, detailType, errorInfoOf } from "grpc-transcoding";
import type { ErrorAnswer, ErrorBody } from "./error-body.ts";
import { preferLanguage } from "./localized-message.ts";

/**
 * Problem details (RFC 9457) with the known details of google.rpc as extension members: `code`,
 * `reason`, `domain`, `metadata`, `errors`, `retryAfterSeconds`, `resource`, `requestId`, `links`;
 * all other details stand in `details`.
 */
export function renderProblem(answer: ErrorAnswer): ErrorBody {
  const { statusCode, details, context } = answer;
  const info = errorInfoOf(details);
  const links = listsOf(details, "google.rpc.Help", "links").filter((link) => isWebUrl(link.url));
  const problem: Record<string, unknown> = {
    type: links[0]?.url ?? problemType(info),
    title: STATUS_CODES[statusCode] ?? (statusCode === 499 ? "Client Closed Request" : "Error"),
    status: statusCode,
    detail: answer.localized?.message ?? (answer.message || undefined),
    instance: context.path,
    code: codeName(answer.code),
    ...info,
    errors: nonEmpty(errorsOf(answer)),
    links: nonEmpty(links),
  };
  const others: DetailJson[] = [];
  for (const detail of details) {
    const { "@type": _, ...fields } = detail;
    const type = detailType({ typeUrl: detail["@type"] });
    // A type whose bytes could not be read has its base64 in `value`, and none of its fields.
    if (unfolded.has(type) && !("value" in fields)) continue;
    if (type === "google.rpc.ResourceInfo") problem.resource = fields;
    else if (type === "google.rpc.RequestInfo") problem.requestId = fields.requestId;
    else if (type === "google.rpc.RetryInfo") problem.retryAfterSeconds = secondsOf(fields);
    else others.push(detail);
  }
  problem.details = nonEmpty(others);
  return {
    contentType: "application/problem+json",
    body: JSON.stringify(problem),
    language: answer.localized?.locale,
  };
}

const unfolded: ReadonlySet<string> = new Set([
  "google.rpc.ErrorInfo",
  "google.rpc.BadRequest",
  "google.rpc.QuotaFailure",
  "google.rpc.PreconditionFailure",
  "google.rpc.LocalizedMessage",
  "google.rpc.Help",
]);

/** A name for the kind of problem (RFC 9457 §3.1.1); no address, so nothing to resolve. */
function problemType(info: { reason: string; domain: string } | undefined): string {
  if (info === undefined || info.reason === "") return "about:blank";
  const parts = [info.domain, info.reason].map(encodeURIComponent);
  return `urn:grpc-error:${parts.join(":")}`;
}

/** The violations of BadRequest, QuotaFailure and PreconditionFailure as one list. */
function errorsOf({ details, context }: ErrorAnswer): readonly object[] {
  const fields = listsOf(details, "google.rpc.BadRequest", "fieldViolations").map((violation) => ({
    field: violation.field,
    detail: localized(violation.localizedMessage, context.acceptLanguage) ?? violation.description,
    reason: violation.reason || undefined,
  }));
  const others = ["google.rpc.PreconditionFailure", "google.rpc.QuotaFailure"].flatMap((type) =>
    listsOf(details, type, "violations").map(({ description, ...violation }) => ({
      ...violation,
      detail: description,
    })),
  );
  return [...fields, ...others];
}

function localized(message: unknown, acceptLanguage: string | undefined): string | undefined {
  const candidate = message as { locale?: unknown; message?: unknown } | undefined;
  if (typeof candidate?.locale !== "string" || typeof candidate.message !== "string")
    return undefined;
  const { locale, message: text } = candidate;
  return preferLanguage([{ locale, message: text }], acceptLanguage)?.message;
}

/** The entries of one repeated message field in all details of a type. */
function listsOf(
  details: readonly DetailJson[],
  type: string,
  field: string,
): readonly Readonly<Record<string, unknown>>[] {
  return details
    .filter((detail) => detailType({ typeUrl: detail["@type"] }) === type)
    .flatMap((detail) => (detail[field] ?? []) as Record<string, unknown>[]);
}

function nonEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

// A service may pass on what a user wrote; `javascript:` must not become a link in a client.
function isWebUrl(url: unknown): boolean {
  return typeof url === "string" && /^https?:\/\/[^\s]+$/i.test(url);
}

function secondsOf(fields: Readonly<Record<string, unknown>>): number | undefined {
  const delay = fields.retryDelay;
  return typeof delay === "string" ? Number.parseFloat(delay) : undefined;
}
