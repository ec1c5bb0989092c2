import { Http2ServerResponse, type OutgoingHttpHeaders } from "node:http2";

const connectionSpecific = new Set([
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

function isConnectionSpecific(name: string): boolean {
  return connectionSpecific.has(name.toLowerCase());
}

type HeaderList = readonly (string | readonly string[])[];

/**
 * The response of a REST request over HTTP/2 in an app written for HTTP/1.1: drops the headers of one connection
 * (RFC 9113 section 8.2.2). Node throws for them, out of Fastify's last error handler, so that any
 * client could end the process by asking for such a route over HTTP/2.
 */
export class SafeResponse extends Http2ServerResponse {
  override setHeader(name: string, value: number | string | readonly string[]): void {
    if (!isConnectionSpecific(String(name))) super.setHeader(name, value);
  }

  override appendHeader(name: string, value: string | string[]): void {
    if (!isConnectionSpecific(String(name))) super.appendHeader(name, value);
  }

  override writeHead(
    statusCode: number,
    reasonOrHeaders?: string | OutgoingHttpHeaders | HeaderList,
    headers?: OutgoingHttpHeaders | HeaderList,
  ): this {
    const given = typeof reasonOrHeaders === "object" ? reasonOrHeaders : headers;
    return given === undefined
      ? super.writeHead(statusCode)
      : super.writeHead(statusCode, withoutConnectionSpecific(given));
  }
}

function withoutConnectionSpecific(headers: OutgoingHttpHeaders | HeaderList): OutgoingHttpHeaders {
  return Object.fromEntries(
    pairs(headers).filter(([name]) => !isConnectionSpecific(name)),
  ) as OutgoingHttpHeaders;
}

/** An object, `[[name, value], …]` or `[name, value, …]`, as `writeHead` takes them. */
function pairs(headers: OutgoingHttpHeaders | HeaderList): [string, unknown][] {
  if (!isList(headers)) return Object.entries(headers);
  if (headers.every((entry) => Array.isArray(entry))) return headers as never;
  const flat = headers as readonly string[];
  return flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]] as [string, unknown]] : []));
}

function isList(headers: OutgoingHttpHeaders | HeaderList): headers is HeaderList {
  return Array.isArray(headers);
}
