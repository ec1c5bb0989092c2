import type { IncomingHttpHeaders } from "node:http";

/**
 * The headers of a request by their lower-case names. A name that a hook wrote in another case is the same header, and
 * wins: those that were received are lower-case. Mostly it is the object itself.
 */
export function lowerCaseHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  let lowered: IncomingHttpHeaders | undefined;
  for (const name in headers) {
    const key = name.toLowerCase();
    if (key === name) continue;
    lowered ??= Object.assign(Object.create(null) as IncomingHttpHeaders, headers);
    delete lowered[name];
    lowered[key] = headers[name];
  }
  return lowered ?? headers;
}
