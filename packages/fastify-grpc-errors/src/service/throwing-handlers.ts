import { toServiceError } from "./service-error.ts";

/** A handler of a grpc-js service that may also throw, be async, and return its response. */
// biome-ignore lint/suspicious/noExplicitAny: as grpc-js types handlers of services that it does not know
export type ThrowingHandler = (call: any, callback?: any) => unknown;

/** What grpc-js gives to handlers, as far as errors go. */
interface ServerCall {
  emit(event: "error", error: Error): boolean;
}
type Callback = (error: Error | null, response?: unknown) => void;

/**
 * Handlers for `server.addService` that turn what they throw, or reject with, into a status with its
 * details. A unary or client-streaming handler may return its response, or a promise of it, instead
 * of calling back. Without this, grpc-js answers UNKNOWN to a throw, and nothing at all to a rejection.
 */
export function throwingHandlers<T extends Readonly<Record<string, ThrowingHandler>>>(
  handlers: T,
): { [K in keyof T]: (call: unknown, callback?: unknown) => void } {
  const wrapped = Object.entries(handlers).map(([name, handler]) => [
    name,
    (call: ServerCall, callback?: Callback) => runHandler(handler.bind(handlers), call, callback),
  ]);
  return Object.fromEntries(wrapped);
}

function runHandler(handler: ThrowingHandler, call: ServerCall, callback?: Callback): void {
  // Streaming handlers have no callback: grpc-js takes their error from the stream.
  const fail = (error: unknown) => {
    const status = toServiceError(error);
    if (callback === undefined) call.emit("error", status);
    else callback(status);
  };
  try {
    const result = handler(call, callback);
    if (result instanceof Promise) result.then((value) => respond(value, callback), fail);
    else respond(result, callback);
  } catch (error) {
    fail(error);
  }
}

function respond(response: unknown, callback?: Callback): void {
  if (response !== undefined) callback?.(null, response);
}
