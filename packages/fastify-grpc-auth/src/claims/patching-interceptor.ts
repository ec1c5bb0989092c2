import { type CallHandle, Code, type Interceptor, type Status } from "grpc-transcoding";
import { requestPatch } from "./claim-fields.ts";
import { AmbiguousMessage, patchRequest, type RequestPatch } from "./request-patch.ts";

/** Puts the token's fields into every request message, whatever protocol it came by. */
export const patchRequests: Interceptor = (next) => ({
  start(call, receiver) {
    const handle = next.start(call, receiver);
    const patch = call.context?.get(requestPatch);
    return patch === undefined ? handle : patching(handle, patch);
  },
  close: () => next.close?.(),
});

function patching(handle: CallHandle, patch: RequestPatch): CallHandle {
  return {
    send(bytes, onAccepted) {
      const patched = patchedOrFailure(bytes, patch);
      if (patched instanceof Uint8Array) handle.send(patched, onAccepted);
      else handle.cancel(patched);
    },
    halfClose: () => handle.halfClose(),
    read: () => handle.read(),
    cancel: (status) => handle.cancel(status),
  };
}

function patchedOrFailure(bytes: Uint8Array, patch: RequestPatch): Uint8Array | Status {
  try {
    return patchRequest(bytes, patch);
  } catch (error) {
    if (!(error instanceof AmbiguousMessage)) throw error;
    const message = `the request message is malformed: ${error.message}`;
    return { code: Code.INVALID_ARGUMENT, message, details: [] };
  }
}
