export type { Http2TransportOptions } from "./options.ts";
export { createHttp2Transport } from "./transport.ts";
