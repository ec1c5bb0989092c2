import diagnosticsChannel from "node:diagnostics_channel";
import type { FastifyInstance } from "fastify";
import { GrpcSinks } from "./grpc-sinks.ts";
import { acceptGrpcStreams } from "./grpc-streams.ts";
import { Http2Sessions } from "./http2-sessions.ts";
import {
  type SplitContext,
  type SplitLimits,
  type SplitServer,
  splitServer,
} from "./split-server.ts";

const key = Symbol.for("fastify-grpc.port-split.v1");

// Node tells it before a server binds (since 20.16).
const listenStarts = "tracing:net.server.listen:asyncStart";

/** Bounds of a split port, and how it closes. */
export interface PortSplitOptions extends Partial<SplitLimits> {
  /**
   * How long open calls may go on once the app closes, in milliseconds.
   * @default 5_000; 0 with Fastify's `forceCloseConnections: true`
   */
  readonly closeGraceMs?: number;
  /** How many streams of one HTTP/2 connection may be reset within a second. @default 200 */
  readonly maxResetsPerSecond?: number;
}

/** The split of one app's port. */
export interface PortSplit {
  readonly sinks: GrpcSinks;
  /** Every server object of the app whose port is split: certificates must be renewed on each. */
  readonly servers: ReadonlySet<object>;
  /** How many HTTP/2 connections are open. */
  readonly sessionCount: number;
}

/**
 * The split of an app's port, put there on first use; it must be before the app is ready. There is one per
 * app, on its server: all gateways and two copies of this module share it, and the first one's options.
 */
export function portSplit(app: FastifyInstance, options: PortSplitOptions = {}): PortSplit {
  const holder = app.server as { [key]?: PortSplit };
  holder[key] ??= installSplit(app, options);
  return holder[key];
}

function installSplit(app: FastifyInstance, options: PortSplitOptions): PortSplit {
  const { http2SessionTimeout, keepAliveTimeout, requestTimeout, connectionTimeout, ...config } =
    // Fastify's types leave requestTimeout out.
    app.initialConfig as FastifyInstance["initialConfig"] & { readonly requestTimeout?: number };
  const { closeGraceMs = config.forceCloseConnections === true ? 0 : 5_000 } = options;
  const { maxResetsPerSecond = 200 } = options;
  const sinks = new GrpcSinks();
  const sessions = new Http2Sessions({ maxResetsPerSecond });
  const context: SplitContext = {
    sessions,
    acceptGrpc: acceptGrpcStreams(sinks, sessions),
    limits: {
      headersTimeoutMs: options.headersTimeoutMs ?? 60_000,
      maxSniffingSockets: options.maxSniffingSockets ?? 4_096,
      sessionIdleMs: options.sessionIdleMs ?? http2SessionTimeout ?? 72_000,
      maxConcurrentStreams: options.maxConcurrentStreams ?? 1_000,
    },
    http1: {
      keepAliveTimeout: keepAliveTimeout ?? 72_000,
      requestTimeout: requestTimeout ?? 0,
      timeout: connectionTimeout ?? 0,
    },
  };
  const servers = new Set<object>();
  const hooks: SplitServer[] = [];
  const hook = (server: object): void => {
    if (servers.has(server)) return;
    servers.add(server);
    hooks.push(splitServer(server, context));
  };
  hook(app.server);

  // `listen({ host: "localhost" })` makes further servers, one for each of its addresses.
  const onListen = (message: unknown): void => {
    const { server } = message as { readonly server: NodeJS.EventEmitter };
    if (server.listeners("request").includes(app.routing)) hook(server);
  };
  diagnosticsChannel.subscribe(listenStarts, onListen);

  app.addHook("preClose", (done) => {
    diagnosticsChannel.unsubscribe(listenStarts, onListen);
    for (const server of hooks) server.beginClose();
    sessions.beginClose();
    // Not awaited: the port still accepts until this hook is done. The server waits for the connections.
    if (app.server.listening) {
      const grace = setTimeout(() => {
        sessions.finishClose();
        for (const server of hooks) server.finishClose();
      }, closeGraceMs);
      app.server.once("close", () => clearTimeout(grace));
    }
    done();
  });
  app.addHook("onClose", (_app, done) => {
    sinks.close();
    done();
  });
  return {
    sinks,
    servers,
    get sessionCount() {
      return sessions.size;
    },
  };
}
