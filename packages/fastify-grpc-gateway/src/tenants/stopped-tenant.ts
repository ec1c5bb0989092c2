import { Code, retryInfoDetail, type StatusError } from "grpc-transcoding";
import { gatewayError } from "grpc-transcoding/internal";

/** What requests of a tenant are answered that was stopped: 503 with `Retry-After`; native calls are told by `grpc-retry-pushback-ms`. */
export function stoppedTenant(retryAfterS: number): StatusError {
  const retryAfterMs = retryAfterS * 1000;
  return gatewayError("the service has been stopped", {
    code: Code.UNAVAILABLE,
    reason: "TENANT_STOPPED",
    details: [retryInfoDetail(retryAfterMs)],
    trailers: [["grpc-retry-pushback-ms", String(retryAfterMs)]],
    http: { statusCode: 503, headers: { "retry-after": String(retryAfterS) } },
  });
}
