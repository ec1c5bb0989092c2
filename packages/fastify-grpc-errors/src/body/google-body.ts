import { codeName } from "grpc-transcoding";
import type { ErrorAnswer, ErrorBody } from "./error-body.ts";

/**
 * The body of Google's APIs (AIP-193), `{"error": {...}}`; its `code` is the HTTP status. In a stream
 * the encoder writes the `error` member.
 */
export function renderGoogle(answer: ErrorAnswer): ErrorBody {
  const { statusCode, code, message, details, context } = answer;
  const error = { code: statusCode, message, status: codeName(code), details };
  const body = JSON.stringify(context.inStream ? error : { error });
  return { contentType: "application/json", body };
}
