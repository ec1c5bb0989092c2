import { codeName } from "../model/code.ts";
import type { ErrorDeclaration, MethodSchema } from "../model/schema.ts";
import type { ErrorInfo } from "./error-details.ts";
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

/** The HTTP status that a declaration itself demands; undefined where the table decides. */
export function declaredStatus(declaration: ErrorDeclaration): number | undefined {
  const { httpStatus } = declaration;
  return httpStatus >= 400 && httpStatus < 600 ? httpStatus : undefined;
}

/** The declaration of a method that a failure is: by code and reason, else one for the code that names no reason. */
export function declarationOf(
  method: MethodSchema,
  code: number,
  info: Pick<ErrorInfo, "reason" | "domain"> | undefined,
): ErrorDeclaration | undefined {
  const ofCode = method.errors.filter((declaration) => declaration.code === codeName(code));
  return (
    ofCode.find(
      ({ reason, domain }) =>
        reason !== "" && reason === info?.reason && (domain === "" || domain === info.domain),
    ) ?? ofCode.find(({ reason }) => reason === "")
  );
}
