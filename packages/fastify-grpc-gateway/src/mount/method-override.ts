import type { IncomingHttpHeaders } from "node:http";
import type { RouteMatch, RouteTable } from "grpc-transcoding";
import type { MountedRoute } from "./mounted-route.ts";

/**
 * Whether a request may name its method otherwise: a POST of exactly this content type (grpc-gateway v2
 * runtime/mux.go, `isPathLengthFallback`).
 */
export function isFormPost(method: string, headers: IncomingHttpHeaders): boolean {
  return method === "POST" && headers["content-type"] === "application/x-www-form-urlencoded";
}

/**
 * The match of a form POST: by the method of its `X-HTTP-Method-Override`, else by POST, else by GET, which
 * is how a query that is too long for a URL is sent.
 */
export function matchFormPost(
  table: RouteTable<MountedRoute>,
  rawUrl: string,
  headers: IncomingHttpHeaders,
): RouteMatch<MountedRoute> | undefined {
  const override = headers["x-http-method-override"];
  if (typeof override === "string" && override !== "") {
    return table.match(override.toUpperCase(), rawUrl);
  }
  const match = table.match("POST", rawUrl);
  if (match?.status !== 405) return match;
  const read = table.match("GET", rawUrl);
  return read?.status === 200 ? read : match;
}
