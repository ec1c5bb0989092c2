import type { Status } from "../model/status.ts";
import type { CallHandle, CallOrigin, CallReceiver, TransportCall } from "../model/transport.ts";

/**
 * A call that ends before it reaches a service: reports the status once `start` has returned, and takes
 * whatever the caller still does with it.
 */
export function endedCall(
  { timing }: TransportCall,
  receiver: CallReceiver,
  status: Status,
  origin: CallOrigin,
): CallHandle {
  timing.refused = performance.now();
  let final = status;
  let told = false;
  let from = origin;
  process.nextTick(() => {
    told = true;
    receiver.onStatus(final, [], from);
  });
  return {
    send(_bytes, onAccepted) {
      if (onAccepted !== undefined) process.nextTick(onAccepted);
    },
    halfClose() {},
    read() {},
    cancel(reason) {
      if (told) return;
      final = reason;
      from = "transport";
    },
  };
}
