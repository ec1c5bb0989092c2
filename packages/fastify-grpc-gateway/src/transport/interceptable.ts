import { compose, type Interceptor, type Transport } from "grpc-transcoding";

/** A transport that interceptors can still be put around. */
export interface InterceptableTransport extends Transport {
  readonly isIntercepted: boolean;
  /** What the interceptors are around. */
  readonly inner: Transport;
  /** Adds an interceptor inside those present. */
  intercept(interceptor: Interceptor): void;
  /** Puts the same interceptors, those to come included, around another transport, and `inside` them further ones. */
  sibling(transport: Transport, inside?: readonly Interceptor[]): Transport;
}

/** Wraps a transport so that its users need not know when interceptors come. */
export function interceptable(
  transport: Transport,
  first: readonly Interceptor[] = [],
): InterceptableTransport {
  return surround(transport, [...first], []);
}

/** `interceptors` may grow. */
function surround(
  transport: Transport,
  interceptors: Interceptor[],
  inside: readonly Interceptor[],
): InterceptableTransport {
  let count = interceptors.length;
  let composed = compose(transport, [...interceptors, ...inside]);
  const current = (): Transport => {
    if (count !== interceptors.length) {
      composed = compose(transport, [...interceptors, ...inside]);
      count = interceptors.length;
    }
    return composed;
  };
  return {
    inner: transport,
    get isIntercepted() {
      return interceptors.length > 0;
    },
    get liveCalls() {
      return transport.liveCalls ?? 0;
    },
    start: (call, receiver) => current().start(call, receiver),
    intercept(interceptor) {
      interceptors.push(interceptor);
      current();
    },
    sibling: (other, further = []) => surround(other, interceptors, further),
    close: () => composed.close?.() ?? transport.close?.(),
  };
}
