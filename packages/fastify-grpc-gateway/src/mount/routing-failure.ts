import { Code } from "grpc-transcoding";
import { gatewayError } from "grpc-transcoding/internal";
import type { MountMatch } from "./route-selection.ts";

/**
 * Why a request has no route: 400, 404 or 405 (501 for clients of grpc-gateway), 500 for one whose
 * tenant could not be told, 503 for one of a stopped tenant, 406 and 415 for media types that no route has.
 */
export function routingFailure(
  match: Exclude<MountMatch, { status: 200 }>,
  method: string,
  wrongMethod: 405 | 501,
): Error {
  if ("error" in match) return match.error;
  // Clients of grpc-gateway get its bodies, which have no details.
  const bare = wrongMethod === 501 && { reason: false as const };
  if (match.status === 400) {
    const message = wrongMethod === 501 ? "Bad Request" : match.reason;
    return gatewayError(message, { http: { statusCode: 400 }, ...bare });
  }
  if (match.status === 404) {
    return gatewayError("Not Found", { code: Code.NOT_FOUND, http: { statusCode: 404 }, ...bare });
  }
  if (wrongMethod === 501) {
    const http = { statusCode: wrongMethod };
    return gatewayError("Method Not Allowed", { code: Code.UNIMPLEMENTED, http, ...bare });
  }
  const allow = match.allow.join(", ");
  return gatewayError(`${method} is not a method of this path: use ${allow}`, {
    code: Code.UNIMPLEMENTED,
    http: { statusCode: wrongMethod, headers: { allow } },
  });
}
