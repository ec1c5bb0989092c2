import { compose, type Interceptor, type Transport } from "grpc-transcoding";

/** A transport that interceptors can still be put around. */
export interface InterceptableTransport extends Transport {
  readonly isIntercepted: boolean;
  /** Adds an interceptor inside those present. */
  intercept(interceptor: Interceptor): void;
}

/** Wraps a transport so that its users need not know when interceptors come. */
export function interceptable(
  transport: Transport,
  first: readonly Interceptor[] = [],
): InterceptableTransport {
  const interceptors = [...first];
  let composed = compose(transport, interceptors);
  return {
    get isIntercepted() {
      return interceptors.length > 0;
    },
    get liveCalls() {
      return transport.liveCalls ?? 0;
    },
    start: (call, receiver) => composed.start(call, receiver),
    intercept(interceptor) {
      interceptors.push(interceptor);
      composed = compose(transport, interceptors);
    },
    close: () => composed.close?.() ?? transport.close?.(),
  };
}
