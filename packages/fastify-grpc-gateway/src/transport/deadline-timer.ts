import type { Deadline } from "grpc-transcoding";

// The longest delay of setTimeout; a longer one fires at once.
const maxDelayMs = 2 ** 31 - 1;

/** A running call that its deadline ends. */
export interface DeadlineTarget {
  onDeadline(): void;
}

/** Starts the timer of a deadline; none for a call without one. Allocates no closure. */
export function armDeadline(
  deadline: Deadline,
  target: DeadlineTarget,
): NodeJS.Timeout | undefined {
  if (deadline.at === Number.POSITIVE_INFINITY) return undefined;
  const delayMs = Math.min(Math.max(0, deadline.at - Date.now()), maxDelayMs);
  return setTimeout(expire, delayMs, target);
}

function expire(target: DeadlineTarget): void {
  target.onDeadline();
}
