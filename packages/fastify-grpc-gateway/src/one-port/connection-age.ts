import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServerHttp2Session } from "node:http2";

// Of the age, either way, so that connections that began together do not end together.
const spread = 0.1;

/** How long one connection may live, in milliseconds: the age that was asked for, a tenth more or less. */
function ageOf(maxAgeMs: number): number {
  return maxAgeMs * (1 - spread + Math.random() * 2 * spread);
}

// How long a session that is old may go on looking for a moment without streams.
const maxWaitMs = 5_000;

/** A session that ends when it is old. */
export interface AgeingSession {
  /** No stream is open: an old session ends now. */
  idle(): void;
}

/**
 * Calls back once a session is old: at a moment without streams, or a while later, since busy ones never have one.
 * `isIdle` tells whether it has none. A stream that crosses the GOAWAY is refused as unprocessed (RFC 9113, section 6.8).
 */
export function ageSession(
  session: ServerHttp2Session,
  maxAgeMs: number,
  isIdle: () => boolean,
  onEnd: () => void,
): AgeingSession {
  let isOld = false;
  let timer = setTimeout(() => {
    isOld = true;
    if (isIdle()) end();
    else timer = setTimeout(end, Math.min(maxWaitMs, maxAgeMs * spread)).unref();
  }, ageOf(maxAgeMs)).unref();
  const end = (): void => {
    clearTimeout(timer);
    isOld = false;
    onEnd();
  };
  session.once("close", () => clearTimeout(timer));
  return {
    idle() {
      if (isOld) end();
    },
  };
}

/** Ends connections of HTTP/1.1 that are old, with an answer: `connection: close` (RFC 9112, section 9.6). */
export function ageHttp1(
  maxAgeMs: number,
): (request: IncomingMessage, response: ServerResponse) => void {
  // From its first request on. By socket, which goes with its connection.
  const ends = new WeakMap<object, number>();
  return ({ httpVersionMajor, socket }, response) => {
    if (httpVersionMajor !== 1) return;
    const now = performance.now();
    const end = ends.get(socket);
    if (end === undefined) ends.set(socket, now + ageOf(maxAgeMs));
    else if (now >= end) response.shouldKeepAlive = false;
  };
}
