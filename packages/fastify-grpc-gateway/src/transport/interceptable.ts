import { compose, type Interceptor, type Transport } from "grpc-transcoding";

/** A transport that interceptors can still be put around. */
export interface InterceptableTransport extends Transport {
  readonly isIntercepted: boolean;
  /** What the interceptors are around. */
  readonly inner: Transport;
  /** Adds an interceptor inside those present. */
  intercept(interceptor: Interceptor): void;
  /** Puts another one around every attempt, inside all others; it does not count as an interceptor. */
  observe(attempts: Interceptor): void;
  /** Puts the same interceptors, those to come included, around another transport, and `inside` them further ones. */
  sibling(transport: Transport, inside?: readonly Interceptor[]): Transport;
}

/** Wraps a transport so that its users need not know when interceptors come. */
export function interceptable(
  transport: Transport,
  first: readonly Interceptor[] = [],
): InterceptableTransport {
  return surround(transport, { listed: [...first], attempts: undefined }, []);
}

/** They change while the app's plugins load. */
interface Interceptors {
  listed: readonly Interceptor[];
  attempts: Interceptor | undefined;
}

function surround(
  transport: Transport,
  around: Interceptors,
  inside: readonly Interceptor[],
): InterceptableTransport {
  let { listed, attempts } = around;
  const composeAll = (): Transport =>
    compose(attempts === undefined ? transport : attempts(transport), [...listed, ...inside]);
  let composed = composeAll();
  const current = (): Transport => {
    if (listed !== around.listed || attempts !== around.attempts) {
      ({ listed, attempts } = around);
      composed = composeAll();
    }
    return composed;
  };
  return {
    inner: transport,
    get isIntercepted() {
      return around.listed.length > 0;
    },
    get liveCalls() {
      return transport.liveCalls ?? 0;
    },
    start: (call, receiver) => current().start(call, receiver),
    intercept(interceptor) {
      around.listed = [...around.listed, interceptor];
      current();
    },
    observe(observed) {
      around.attempts = observed;
      current();
    },
    sibling: (other, further = []) => surround(other, around, further),
    close: () => composed.close?.() ?? transport.close?.(),
  };
}
