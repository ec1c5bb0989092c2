import type { CallHandle, Status, Transport } from "grpc-transcoding";
import { type LiveCall, LiveCalls } from "./live-calls.ts";

/**
 * A transport of the user's that a gateway can close: its calls end with UNAVAILABLE, while the transport
 * itself stays the user's, who may have other uses for it.
 */
export function closable(transport: Transport): Transport {
  const live = new LiveCalls();
  return {
    start(call, receiver) {
      let handle: CallHandle;
      const running: LiveCall = {
        place: -1,
        send: (bytes, onAccepted) => handle.send(bytes, onAccepted),
        halfClose: () => handle.halfClose(),
        read: () => handle.read(),
        cancel: (status: Status) => handle.cancel(status),
      };
      handle = transport.start(call, {
        onHeaders: (metadata) => receiver.onHeaders(metadata),
        onMessage: (bytes) => receiver.onMessage(bytes),
        onStatus(status, trailers, origin) {
          live.delete(running);
          receiver.onStatus(status, trailers, origin);
        },
      });
      live.add(running);
      return running;
    },
    get liveCalls() {
      return live.size;
    },
    close: () => live.close(),
  };
}
