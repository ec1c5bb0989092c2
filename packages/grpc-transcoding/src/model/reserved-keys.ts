// RFC 9113 section 8.2.2: fields of one connection, which make an HTTP/2 message malformed.
const connectionSpecific = [
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

const unsendable = new Set([...connectionSpecific, "host", "content-length"]);

const hopByHop = new Set([
  ...connectionSpecific,
  "proxy-authenticate",
  "proxy-authorization",
  "trailers",
]);

/**
 * Whether a metadata key must never be put on an HTTP/2 connection: grpc-js drops the whole connection,
 * with all the calls on it, when it meets a connection-specific field.
 */
export function isUnsendableKey(key: string): boolean {
  return unsendable.has(key) || key.startsWith(":");
}

/**
 * Whether no option can make a request header this metadata key: hop-by-hop and pseudo headers,
 * `grpc-*`, `content-*`, `host`, `user-agent`. Judged after any renaming. Lower case.
 */
export function isDeniedRequestKey(key: string): boolean {
  return (
    hopByHop.has(key) ||
    key === "host" ||
    key === "user-agent" ||
    key.startsWith(":") ||
    key.startsWith("grpc-") ||
    key.startsWith("content-")
  );
}

const framing = new Set(["content-length", "content-type", "content-encoding"]);

// grpc-gateway's names for forwarded metadata, which no gRPC client reads.
const forwarded = /^grpc-(metadata|trailer)-/;

/**
 * Whether no option can make response metadata this HTTP header: hop-by-hop and pseudo headers,
 * `grpc-*`, content-length, content-type, content-encoding. Judged before and after any renaming. Lower case.
 */
export function isDeniedResponseHeader(name: string): boolean {
  return (
    hopByHop.has(name) ||
    framing.has(name) ||
    name.startsWith(":") ||
    (name.startsWith("grpc-") && !forwarded.test(name))
  );
}
