import type { HttpBinding } from "../model/schema.ts";
import { isHttpBody } from "../response/http-body.ts";

/** Whether a binding can answer `Range`: a download (GET, RFC 9110 section 14.2) of a google.api.HttpBody. */
export function isDownload({
  httpMethod,
  method,
  responseBody,
}: Pick<HttpBinding, "httpMethod" | "method" | "responseBody">): boolean {
  if (httpMethod !== "GET" && httpMethod !== "*") return false;
  const singular = responseBody?.fieldKind === "message" ? responseBody.message : undefined;
  return isHttpBody(responseBody === undefined ? method.output : singular);
}
