import type { Interceptor, Transport } from "../model/transport.ts";

/** Wraps a transport in interceptors; the first one listed sees a call first. */
export function compose(transport: Transport, interceptors: readonly Interceptor[]): Transport {
  return interceptors.reduceRight((next, interceptor) => interceptor(next), transport);
}
