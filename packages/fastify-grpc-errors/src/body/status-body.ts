import type { ErrorAnswer, ErrorBody } from "./error-body.ts";

/** A google.rpc.Status as ProtoJSON, `{"code": 5, "message", "details"}`: as grpc-gateway and Envoy answer. */
export function renderStatus({ code, message, details }: ErrorAnswer): ErrorBody {
  return { contentType: "application/json", body: JSON.stringify({ code, message, details }) };
}
