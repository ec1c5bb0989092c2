import type { Deadline } from "../model/transport.ts";
import { compileTimeout, type TimeoutHeaders } from "./timeout-header.ts";

/** How long calls may take. Every limit is in milliseconds and may be `Infinity`. */
export interface DeadlineOptions {
  /** For a call with one message each way, where the client names no timeout. @default 30_000 */
  readonly defaultMs?: number;
  /** The same for calls that stream. @default 3_600_000 */
  readonly streamMs?: number;
  /** What a client may ask for at most; more is cut to this. @default 3_600_000 */
  readonly maxMs?: number;
  /** Headers that tell a timeout beside `grpc-timeout`, which wins; the first that is there counts. @default none */
  readonly headers?: readonly string[];
}

/** What a method's calls have as their deadline. */
export interface MethodDeadline {
  readonly streaming: boolean;
  /** The method's own, in milliseconds, in place of the default of its kind. */
  readonly ownMs?: number | undefined;
}

/**
 * Compiled: the deadline of a call that begins at `now` (milliseconds since the epoch). Throws a StatusError (400) when
 * a header that tells it is malformed.
 */
export type DeadlineOf = (
  headers: TimeoutHeaders,
  method: MethodDeadline,
  now?: number,
) => Deadline;

/** Compiles the deadline rules. Throws a RangeError that names a limit which is not above 0. */
export function compileDeadline(options: DeadlineOptions = {}): DeadlineOf {
  const { defaultMs = 30_000, streamMs = 3_600_000, maxMs = 3_600_000, headers = [] } = options;
  for (const [name, value] of Object.entries({ defaultMs, streamMs, maxMs })) {
    if (typeof value !== "number" || !(value > 0)) {
      throw new RangeError(`${name} must be a number of milliseconds above 0; got ${value}`);
    }
  }
  const timeoutOf = compileTimeout(headers);
  return (sent, { streaming, ownMs = streaming ? streamMs : defaultMs }, now = Date.now()) => {
    const asked = timeoutOf(sent);
    if (asked === undefined) return { at: now + Math.min(ownMs, maxMs), source: "gateway" };
    return asked <= maxMs
      ? { at: now + asked, source: "client" }
      : { at: now + maxMs, source: "gateway" };
  };
}
