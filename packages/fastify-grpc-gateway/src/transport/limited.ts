import type { CallHandle, Transport } from "grpc-transcoding";
import {
  exceeds,
  type MessageLimits,
  requestTooLarge,
  responseTooLarge,
} from "grpc-transcoding/internal";

/** A transport with limits of its own before those that it has; -1, and what is left out, is no limit. */
export function limited(
  transport: Transport,
  { maxRequestBytes = -1, maxResponseBytes = -1 }: MessageLimits,
): Transport {
  return {
    ...(transport.close && { close: () => transport.close?.() }),
    get liveCalls() {
      return transport.liveCalls ?? 0;
    },
    start(call, receiver) {
      let isTooLarge = false;
      const handle: CallHandle = transport.start(call, {
        onHeaders: (metadata) => receiver.onHeaders(metadata),
        onMessage(bytes) {
          if (isTooLarge) return;
          isTooLarge = exceeds(bytes.length, maxResponseBytes);
          if (isTooLarge) handle.cancel(responseTooLarge);
          else receiver.onMessage(bytes);
        },
        onStatus: (status, trailers, origin) =>
          receiver.onStatus(status, trailers, status === responseTooLarge ? "upstream" : origin),
      });
      return {
        send(bytes, onAccepted) {
          if (exceeds(bytes.length, maxRequestBytes)) {
            handle.cancel(requestTooLarge(maxRequestBytes));
            // Nothing more of it is taken; whoever waits to send goes on, and is told of the end.
            if (onAccepted !== undefined) process.nextTick(onAccepted);
          } else handle.send(bytes, onAccepted);
        },
        halfClose: () => handle.halfClose(),
        read: () => handle.read(),
        cancel: (status) => handle.cancel(status),
      };
    },
  };
}
