export type { Http2TransportOptions } from "./options.ts";
export type { Balancing } from "./pool/pool.ts";
export { parseTarget, type Target } from "./target/parse-target.ts";
export type { TlsOptions } from "./tls/tls-options.ts";
export { createHttp2Transport } from "./transport.ts";
