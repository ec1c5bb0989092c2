import type { ServerHttp2Session } from "node:http2";

// How long a peer may take to answer a ping, at most.
const maxPingMs = 5_000;

/**
 * Tells whether the client of an idle session is still there, and destroys the session of one that is not. Node 20
 * stops reading the socket of a session that nghttp2 has terminated, and then never hears that its client has
 * gone: the streams and the socket would be held for ever. `idleMs` is how long the session has been idle.
 */
export function probeIdleSession(
  session: ServerHttp2Session,
  idleMs: number,
  onAlive: () => void,
): void {
  if (session.closed) {
    destroyIfSilent(session, 2 * idleMs);
    return;
  }
  let isAnswered = false;
  const destroySilent = (): void => {
    if (!isAnswered) session.destroy();
  };
  // Behind the next look at the sockets: where this process itself was held up, the answer waits there.
  const silent = setTimeout(() => setImmediate(destroySilent), Math.min(idleMs, maxPingMs)).unref();
  session.ping((error) => {
    // An error tells that the ping was not sent, not that somebody is there.
    if (error !== null) return;
    isAnswered = true;
    clearTimeout(silent);
    onAlive();
  });
}

/** A session that has said GOAWAY takes no ping: it goes when nothing at all passes for so long again. */
function destroyIfSilent(session: ServerHttp2Session, silenceMs: number): void {
  const before = traffic(session);
  setTimeout(() => {
    if (session.destroyed) return;
    if (traffic(session) === before) session.destroy();
    else destroyIfSilent(session, silenceMs);
  }, silenceMs).unref();
}

function traffic({ socket }: ServerHttp2Session): number {
  return socket === undefined ? 0 : socket.bytesRead + socket.bytesWritten;
}
