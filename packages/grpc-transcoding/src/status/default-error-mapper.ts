import { Code } from "../model/code.ts";
import type { Failure } from "../model/failure.ts";
import { declarationOf, declaredResponse, declaredStatus } from "./declared-response.ts";
import { errorInfoOf } from "./detail-json.ts";
import { errorHeaders } from "./error-headers.ts";
import type { ErrorContext, ErrorMapper, ErrorResponse } from "./error-mapper.ts";
import { codeOfHttpStatus, failureHttpStatus, httpStatusOf } from "./http-status.ts";
import { type Visibility, type VisibleStatus, visibleStatus } from "./visible-status.ts";

/**
 * A mapper with the canonical table of google/rpc/code.proto and a google.rpc.Status as JSON body,
 * `{"code", "message", "details"}`: what grpc-gateway and Envoy answer.
 */
export function createDefaultErrorMapper(visibility: Partial<Visibility> = {}): ErrorMapper {
  const seen: Visibility = { debug: false, maskInternal: true, ...visibility };
  return {
    bodyFormats: ["status"],
    codeOf: codeOfHttpStatus,
    toHttp(failure, context) {
      const visible = visibleStatus(failure, context, seen);
      const statusCode = failure.http?.statusCode ?? tableStatus(failure, visible, context);
      const headers = errorHeaders(statusCode, failure, visible, context);
      headers["content-type"] = "application/json";
      return { statusCode, headers, body: JSON.stringify(visible) };
    },
    responsesOf(method): readonly ErrorResponse[] {
      return method.errors.map((declaration) =>
        declaredResponse(
          declaration,
          declaredStatus(declaration) ?? httpStatusOf(Code[declaration.code]),
        ),
      );
    },
  };
}

function tableStatus(
  { origin }: Failure,
  visible: VisibleStatus,
  { method }: ErrorContext,
): number {
  const declaration =
    method?.errors.length && declarationOf(method, visible.code, errorInfoOf(visible.details));
  return (declaration && declaredStatus(declaration)) || failureHttpStatus(visible.code, origin);
}

/** The mapper of a gateway whose app registers no error table. */
export const defaultErrorMapper: ErrorMapper = createDefaultErrorMapper();
