import { Code, type ErrorMapper, type ErrorResponse, type MethodSchema } from "grpc-transcoding";

/** What the document says of a refusal by `unavailable`: the HTTP status is that of the gateway's error table. */
export function unavailableResponse(
  message: string,
  method: MethodSchema,
  errors: ErrorMapper | undefined,
): ErrorResponse {
  const status = { code: Code.UNAVAILABLE, message, details: [] };
  const statusCode = errors?.toHttp({ status, origin: "transport" }, { method }).statusCode ?? 503;
  return {
    statusCode,
    code: "UNAVAILABLE",
    message,
    details: [],
    detailTypes: ["google.rpc.RetryInfo"],
    headers: statusCode === 503 || statusCode === 429 ? ["retry-after"] : [],
  };
}
