import { Code, gatewayError } from "grpc-transcoding";
import type { MountMatch } from "./route-selection.ts";

/** Why a request that a table knows has no route: 400, 404 or 405 (501 for clients of grpc-gateway). */
export function routingFailure(
  match: Exclude<MountMatch, { status: 200 }>,
  method: string,
  wrongMethod: 405 | 501,
): Error {
  // Clients of grpc-gateway get its bodies, which have no details.
  const bare = wrongMethod === 501 && { reason: false as const };
  if (match.status === 400) return gatewayError(match.reason, { http: { statusCode: 400 } });
  if (match.status === 404) {
    return gatewayError("Not Found", { code: Code.NOT_FOUND, http: { statusCode: 404 }, ...bare });
  }
  const allow = match.allow.join(", ");
  return gatewayError(
    wrongMethod === 501
      ? "Method Not Allowed"
      : `${method} is not a method of this path: use ${allow}`,
    { code: Code.UNIMPLEMENTED, http: { statusCode: wrongMethod, headers: { allow } }, ...bare },
  );
}
