import type { IncomingHttpHeaders } from "node:http";
import { Code } from "grpc-transcoding";
import { gatewayError } from "grpc-transcoding/internal";

const JSON_TYPE = /^(?:(?:application|text)\/json|application\/[\w.+-]+\+json)$/;

/** JSON values, a line each: https://github.com/ndjson/ndjson-spec and jsonlines.org. */
const LINES_TYPE = /^application\/(?:x-)?(?:ndjson|jsonl|json-lines|jsonlines)$/;

/**
 * What curl and other programs send unless told otherwise. A page of any site can send them as well,
 * without a preflight (Fetch standard, CORS-safelisted request-header), so browsers have to name JSON.
 */
const UNNAMED_TYPE = /^(?:|text\/plain|application\/x-www-form-urlencoded)$/;

/** Throws 415 unless the request's content type can hold JSON, or, where messages are streamed, lines of it. */
export function requireJson(headers: IncomingHttpHeaders, isStream: boolean): void {
  const contentType = headers["content-type"] ?? "";
  if (contentType === "application/json") return;
  const semicolon = contentType.indexOf(";");
  const type = (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
  if (JSON_TYPE.test(type) || (isStream && LINES_TYPE.test(type))) return;
  const isBrowser = headers.origin !== undefined || headers["sec-fetch-site"] !== undefined;
  if (UNNAMED_TYPE.test(type) && !isBrowser) return;
  const found = type === "" ? "a body without content-type" : `content-type ${type}`;
  const accept = isStream ? "application/json, application/x-ndjson" : "application/json";
  throw gatewayError(`${found} is not read here: send ${accept.replace(",", " or")}`, {
    code: Code.INVALID_ARGUMENT,
    // RFC 9110 §15.5.16: a 415 tells what would be accepted.
    http: { statusCode: 415, headers: { accept } },
  });
}
