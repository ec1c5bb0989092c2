import type { Socket } from "node:net";

const listenersOf = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls back when a connection of HTTP/1.1 closes, of which several requests may wait by pipelining. Returns the
 * function that stops it.
 */
export function onSocketClose(socket: Socket, listener: () => void): () => void {
  const listeners = listenersOf.get(socket) ?? follow(socket);
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function follow(socket: Socket): Set<() => void> {
  const listeners = new Set<() => void>();
  listenersOf.set(socket, listeners);
  socket.once("close", () => {
    for (const listener of listeners) listener();
  });
  return listeners;
}
