import type { CallHandle, CallReceiver, Transport, TransportCall } from "grpc-transcoding";
import type { CallWatch } from "./call-watch.ts";

/** Starts a call that is observed: counts its messages, and marks when its status came. */
export function startWatched(
  watch: CallWatch,
  transport: Transport,
  call: TransportCall,
  receiver: CallReceiver,
): CallHandle {
  const handle = transport.start(call, {
    onHeaders: (metadata) => receiver.onHeaders(metadata),
    onMessage(bytes) {
      watch.sent(bytes.length);
      receiver.onMessage(bytes);
    },
    onStatus(status, trailers, origin) {
      call.timing.answered = performance.now();
      receiver.onStatus(status, trailers, origin);
    },
  });
  return {
    send(bytes, onAccepted) {
      watch.received(bytes.length);
      handle.send(bytes, onAccepted);
    },
    halfClose: () => handle.halfClose(),
    read: () => handle.read(),
    cancel: (status) => handle.cancel(status),
  };
}
