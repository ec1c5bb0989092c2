import { type CallHandle, type Status, type Transport, transportClosed } from "grpc-transcoding";
import { endedCall } from "grpc-transcoding/internal";
import { type LiveCall, LiveCalls } from "./live-calls.ts";

/**
 * A transport of somebody else's that its user can close: its calls end with UNAVAILABLE, and so do those that come
 * later, while the transport itself stays open for other uses.
 */
export function closable(transport: Transport): Transport {
  const live = new LiveCalls();
  return {
    start(call, receiver) {
      if (live.closed) return endedCall(call, receiver, transportClosed, "transport");
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
