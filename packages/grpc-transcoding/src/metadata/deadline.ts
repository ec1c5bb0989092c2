import type { Deadline } from "../model/transport.ts";
import { parseGrpcTimeout } from "./grpc-timeout.ts";

/** How long calls may take. Every limit is in milliseconds and may be `Infinity`. */
export interface DeadlineOptions {
  /** For a call with one message each way, where the client names no timeout. @default 30_000 */
  readonly defaultMs?: number;
  /** The same for calls that stream. @default 3_600_000 */
  readonly streamMs?: number;
  /** What a client may ask for at most; more is cut to this. @default 3_600_000 */
  readonly maxMs?: number;
}

/**
 * Compiled: the deadline of a call that begins at `now` (milliseconds since the epoch). `timeout` is the
 * request's `grpc-timeout`. Throws a StatusError (400) when it is malformed.
 */
export type DeadlineOf = (
  timeout: string | undefined,
  streaming: boolean,
  now?: number,
) => Deadline;

/** Compiles the deadline rules. Throws a RangeError that names a limit which is not above 0. */
export function compileDeadline(options: DeadlineOptions = {}): DeadlineOf {
  const { defaultMs = 30_000, streamMs = 3_600_000, maxMs = 3_600_000 } = options;
  for (const [name, value] of Object.entries({ defaultMs, streamMs, maxMs })) {
    if (typeof value !== "number" || !(value > 0)) {
      throw new RangeError(`${name} must be a number of milliseconds above 0; got ${value}`);
    }
  }
  return (timeout, streaming, now = Date.now()) => {
    if (timeout !== undefined) {
      const asked = parseGrpcTimeout(timeout);
      return asked <= maxMs
        ? { at: now + asked, source: "client" }
        : { at: now + maxMs, source: "gateway" };
    }
    return { at: now + Math.min(streaming ? streamMs : defaultMs, maxMs), source: "gateway" };
  };
}
