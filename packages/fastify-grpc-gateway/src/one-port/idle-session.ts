import type { ServerHttp2Session } from "node:http2";

// How long a peer may take to answer a ping, at most.
const maxPingMs = 5_000;

/**
 * Tells whether the client of an idle session is still there, by a ping; destroys the session of one that is not. Node 20
 * stops reading the socket of a session that nghttp2 has terminated, and then never hears that its client has
 * gone: the streams and the socket would be held for ever. `idleMs` is how long the session has been idle.
 */
export function probeIdleSession(
  session: ServerHttp2Session,
  idleMs: number,
  onAlive: () => void,
): void {
  // A session that closes takes no ping.
  if (session.closed) return;
  const silent = setTimeout(() => session.destroy(), Math.min(idleMs, maxPingMs)).unref();
  session.ping((error) => {
    clearTimeout(silent);
    if (error === null) onAlive();
  });
}
