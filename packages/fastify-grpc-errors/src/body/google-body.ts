import { codeName } from "grpc-transcoding";
import type { ErrorAnswer, ErrorBody } from "./error-body.ts";

/** The body of Google's APIs (AIP-193), `{"error": {...}}`; its `code` is the HTTP status. */
export function renderGoogle({ statusCode, code, message, details }: ErrorAnswer): ErrorBody {
  const error = { code: statusCode, message, status: codeName(code), details };
  return { contentType: "application/json", body: JSON.stringify({ error }) };
}
