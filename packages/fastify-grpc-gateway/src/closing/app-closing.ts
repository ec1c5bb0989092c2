import type { FastifyInstance } from "fastify";
import { appServers } from "./app-servers.ts";
import { OpenSockets } from "./open-sockets.ts";

const key = Symbol.for("fastify-grpc.app-closing.v1");

// How long a client may take to read the last answers before its connection is cut.
const lastWordsMs = 250;

/** Something of an app that must not outlive it. */
export interface Ending {
  /** How long it may go on once the app closes, in milliseconds. @default {@link defaultGraceMs} */
  readonly graceMs?: number | undefined;
  /** The app begins to close: take nothing new, let go what is idle. */
  beginClose?(): void;
  /** The grace is over: end what still runs. */
  finishClose?(): void;
}

/** How an app closes: one hook and one set of timers, however many gateways it has. */
export interface AppClosing {
  add(ending: Ending): void;
  readonly sockets: OpenSockets;
}

/** How long calls may go on: not at all in an app that cuts its connections anyhow. */
export function defaultGraceMs(app: FastifyInstance): number {
  return app.initialConfig.forceCloseConnections === true ? 0 : 5_000;
}

/**
 * How an app closes; the first call must be made while its plugins load. Connections that are idle are let go at
 * once, the others with their answers; what runs on at the end of its grace is ended, and every connection is cut
 * when all graces are over.
 */
export function appClosing(app: FastifyInstance): AppClosing {
  const holder = app.server as { [key]?: AppClosing };
  holder[key] ??= watchClosing(app);
  return holder[key];
}

function watchClosing(app: FastifyInstance): AppClosing {
  const endings: Ending[] = [];
  const sockets = new OpenSockets();
  appServers(app).each((server) => sockets.watch(server));
  app.addHook("preClose", (done) => {
    for (const ending of endings) ending.beginClose?.();
    sockets.beginClose();
    // Not awaited: the port still accepts until this hook is done. The server waits for the connections.
    if (app.server.listening) finishInTime(app, endings, sockets);
    done();
  });
  return { add: (ending) => void endings.push(ending), sockets };
}

function finishInTime(
  app: FastifyInstance,
  endings: readonly Ending[],
  sockets: OpenSockets,
): void {
  const timers: NodeJS.Timeout[] = [];
  let longestMs = 0;
  for (const ending of endings) {
    if (ending.finishClose === undefined) continue;
    const { graceMs = defaultGraceMs(app) } = ending;
    longestMs = Math.max(longestMs, graceMs);
    timers.push(setTimeout(() => ending.finishClose?.(), graceMs));
  }
  const cut = setTimeout(() => sockets.finishClose(), longestMs + lastWordsMs);
  app.server.once("close", () => {
    for (const timer of timers) clearTimeout(timer);
    // Servers for the further addresses of "localhost" close after the app's own.
    if (sockets.size === 0) clearTimeout(cut);
    else cut.unref();
  });
}
