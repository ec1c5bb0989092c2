import type { ErrorDeclaration } from "../schema/schema.ts";
import type { ErrorResponse } from "./error-mapper.ts";

/** A declared error as a documented response with the HTTP status that a table gave it. */
export function declaredResponse(
  declaration: ErrorDeclaration,
  statusCode: number,
  defaultDomain = "",
): ErrorResponse {
  const { code, reason, message, details, detailTypes } = declaration;
  const domain = declaration.domain || defaultDomain;
  return {
    statusCode,
    code,
    message,
    ...(reason !== "" && { reason }),
    ...(reason !== "" && domain !== "" && { domain }),
    details,
    detailTypes,
    headers: documentedHeaders(declaration, statusCode),
  };
}

function documentedHeaders(declaration: ErrorDeclaration, statusCode: number): readonly string[] {
  if (statusCode === 401) return ["www-authenticate"];
  if (statusCode === 405) return ["allow"];
  const retry = declaration.retryable || declaration.detailTypes.includes("google.rpc.RetryInfo");
  return retry && (statusCode === 429 || statusCode === 503) ? ["retry-after"] : [];
}
