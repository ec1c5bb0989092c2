import {
  type CallHandle,
  type CallReceiver,
  Code,
  encodeStatusDetails,
  type MetadataEntries,
  retryInfoDetail,
  type Status,
  statusDetailsKey,
  type TransportCall,
} from "grpc-transcoding";
import { retryPushback } from "./retry-pushback.ts";

/** A status that a policy ends a call with before it reaches the upstream. */
export interface Refusal {
  readonly status: Status;
  readonly trailers: MetadataEntries;
}

/** UNAVAILABLE, 503, with the time after which to try again, for REST and native clients. */
export function unavailable(message: string, retryAfterMs: number): Refusal {
  const status = { code: Code.UNAVAILABLE, message, details: [] };
  const encoded = encodeStatusDetails({ ...status, details: [retryInfoDetail(retryAfterMs)] });
  return { status, trailers: [[statusDetailsKey, encoded], retryPushback(retryAfterMs)] };
}

/** A call that is refused: told once `start` has returned, whatever its caller still does with it. */
export function refusedCall(
  { timing }: TransportCall,
  receiver: CallReceiver,
  refusal: Refusal,
): CallHandle {
  timing.refused = performance.now();
  let cancelled: Status | undefined;
  let isTold = false;
  process.nextTick(() => {
    isTold = true;
    if (cancelled === undefined) receiver.onStatus(refusal.status, refusal.trailers, "transport");
    else receiver.onStatus(cancelled, [], "transport");
  });
  return {
    send(_bytes, onAccepted) {
      if (onAccepted !== undefined) process.nextTick(onAccepted);
    },
    halfClose() {},
    read() {},
    cancel(status) {
      if (!isTold) cancelled ??= status;
    },
  };
}
