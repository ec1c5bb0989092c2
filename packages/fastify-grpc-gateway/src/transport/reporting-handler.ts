import { Code } from "grpc-transcoding";
import type { RegisteredHandler } from "../grpc-js/internals.ts";

/** Told what a handler threw or rejected with; the client only hears UNKNOWN. */
export type OnHandlerError = (error: unknown, path: string) => void;

/**
 * Wraps handlers so that what they throw is told, once for each handler. grpc-js swallows a throw, and
 * knows nothing of a promise: a rejection would leave the call open and end the process.
 */
export function reportHandlerErrors(
  onHandlerError: OnHandlerError,
): (handler: RegisteredHandler) => RegisteredHandler {
  const wrapped = new WeakMap<RegisteredHandler, RegisteredHandler>();
  return (handler) => {
    const known = wrapped.get(handler);
    if (known !== undefined) return known;
    const reporting = wrap(handler, onHandlerError);
    wrapped.set(handler, reporting);
    return reporting;
  };
}

function wrap(handler: RegisteredHandler, onHandlerError: OnHandlerError): RegisteredHandler {
  const { func, path } = handler;
  return {
    path,
    type: handler.type,
    serialize: handler.serialize,
    deserialize: handler.deserialize,
    func(call, respond) {
      let result: unknown;
      try {
        result = func(call, respond);
      } catch (error) {
        onHandlerError(error, path);
        throw error;
      }
      if (result instanceof Promise) {
        result.catch((error: unknown) => {
          onHandlerError(error, path);
          fail(call, respond);
        });
      }
      return result;
    },
  };
}

// As grpc-js answers a throw (server.ts, `serverErrorToStatus`). A streaming handler has no callback.
function fail(call: unknown, respond: Parameters<RegisteredHandler["func"]>[1] | undefined): void {
  const error = Object.assign(new Error("Unknown error"), {
    code: Code.UNKNOWN,
    details: "Unknown error",
  });
  if (typeof respond === "function") respond(error);
  else (call as NodeJS.EventEmitter).emit("error", error);
}
