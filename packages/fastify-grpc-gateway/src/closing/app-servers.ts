import diagnosticsChannel from "node:diagnostics_channel";
import type { FastifyInstance } from "fastify";

const key = Symbol.for("fastify-grpc.app-servers.v1");

// Node tells it before a server binds (since 20.16).
const listenStarts = "tracing:net.server.listen:asyncStart";

/** The server objects of one app: its own, and one more for each further address of `localhost`. */
export interface AppServers {
  readonly servers: ReadonlySet<object>;
  /** Calls back with every server of the app, those to come included, before it takes connections. */
  each(use: (server: object) => void): void;
}

/** The servers of an app; the first call must be made before the app listens. */
export function appServers(app: FastifyInstance): AppServers {
  const holder = app.server as { [key]?: AppServers };
  holder[key] ??= watchServers(app);
  return holder[key];
}

function watchServers(app: FastifyInstance): AppServers {
  const servers = new Set<object>([app.server]);
  const uses: ((server: object) => void)[] = [];
  // `listen({ host: "localhost" })` makes the others by itself, and tells nobody of them.
  const onListen = (message: unknown): void => {
    const { server } = message as { readonly server: NodeJS.EventEmitter };
    if (servers.has(server) || !server.listeners("request").includes(app.routing)) return;
    servers.add(server);
    for (const use of uses) use(server);
  };
  diagnosticsChannel.subscribe(listenStarts, onListen);
  app.addHook("preClose", (done) => {
    diagnosticsChannel.unsubscribe(listenStarts, onListen);
    done();
  });
  return {
    servers,
    each(use) {
      uses.push(use);
      for (const server of servers) use(server);
    },
  };
}
