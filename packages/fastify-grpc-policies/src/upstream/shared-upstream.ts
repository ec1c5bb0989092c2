import type { Interceptor, Transport, TransportCall } from "grpc-transcoding";

/**
 * An interceptor to whom all transports that it wraps are one upstream: what it keeps of that one outlives each of them. Closing
 * a transport does not close what is kept.
 */
export function sharedUpstream(interceptor: Interceptor): Interceptor {
  const nexts = new WeakMap<TransportCall, Transport>();
  const shared = interceptor({
    start(call, receiver) {
      const next = nexts.get(call);
      if (next === undefined) throw new Error("a call came from nowhere");
      return next.start(call, receiver);
    },
  });
  return (next) => ({
    start(call, receiver) {
      nexts.set(call, next);
      return shared.start(call, receiver);
    },
    get liveCalls() {
      return next.liveCalls ?? 0;
    },
    close: () => next.close?.(),
  });
}
