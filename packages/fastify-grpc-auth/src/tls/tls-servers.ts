import diagnosticsChannel from "node:diagnostics_channel";
import { Server } from "node:tls";
import type { FastifyInstance } from "fastify";

// Node tells it before a server binds (since 20.16).
const listenStarts = "tracing:net.server.listen:asyncStart";

/**
 * Calls back with every TLS server of an app before it takes connections: its own, and those that
 * `listen({ host: "localhost" })` makes for further addresses and tells nobody of. Returns the function that ends it.
 */
export function eachTlsServer(app: FastifyInstance, use: (server: Server) => void): () => void {
  const known = new Set<object>();
  const add = (server: object): void => {
    if (known.has(server) || !(server instanceof Server)) return;
    known.add(server);
    use(server);
  };
  add(app.server);
  const onListen = (message: unknown): void => {
    const { server } = message as { readonly server: NodeJS.EventEmitter };
    if (server.listeners("request").includes(app.routing)) add(server);
  };
  diagnosticsChannel.subscribe(listenStarts, onListen);
  return () => diagnosticsChannel.unsubscribe(listenStarts, onListen);
}
