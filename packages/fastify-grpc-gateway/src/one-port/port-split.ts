import type { EventEmitter } from "node:events";
import type { FastifyInstance } from "fastify";
import { appClosing, defaultGraceMs } from "../closing/app-closing.ts";
import { appServers } from "../closing/app-servers.ts";
import { ageHttp1 } from "./connection-age.ts";
import { GrpcSinks } from "./grpc-sinks.ts";
import { acceptGrpcStreams } from "./grpc-streams.ts";
import { Http2Sessions } from "./http2-sessions.ts";
import type { ResetLimits } from "./reset-guard.ts";
import {
  type SplitContext,
  type SplitLimits,
  type SplitServer,
  splitServer,
} from "./split-server.ts";

const key = Symbol.for("fastify-grpc.port-split.v1");

/** Bounds on what the clients of a split port may hold open or do. */
export interface OnePortOptions extends Partial<SplitLimits>, Partial<ResetLimits> {
  /**
   * How old connections may grow, in milliseconds, a tenth more or less: older ones end by a GOAWAY, or by `connection:
   * close` with an answer. What runs on them goes on. 0 for no limit. @default 0
   */
  readonly maxConnectionAgeMs?: number;
}

/** Bounds of a split port, and how it closes. */
export interface PortSplitOptions extends OnePortOptions {
  /**
   * How long open calls may go on once the app closes, in milliseconds.
   * @default 5_000; 0 with Fastify's `forceCloseConnections: true`
   */
  readonly closeGraceMs?: number;
}

/** What is open on a port at this moment. */
export interface PortGauges {
  readonly http2Sessions: number;
  /** Native gRPC calls. */
  readonly grpcStreams: number;
  /** Connections that have not shown their protocol. */
  readonly undecidedSockets: number;
}

/** The gauges of an app's port; undefined where nothing has split it. */
export function portGauges(server: object): PortGauges | undefined {
  return (server as { [key]?: InstalledSplit })[key]?.gauges;
}

/** The split of one app's port. */
export interface PortSplit {
  readonly sinks: GrpcSinks;
  /** Every server object of the app whose port is split: certificates must be renewed on each. */
  readonly servers: ReadonlySet<object>;
  readonly gauges: PortGauges;
}

/**
 * The split of an app's port, put there on first use; it must be before the app is ready. There is one per
 * app, on its server: all gateways and two copies of this module share it, and the first one's options.
 * Throws a RangeError when a later one asks for other bounds.
 */
export function portSplit(app: FastifyInstance, options: PortSplitOptions = {}): PortSplit {
  const holder = app.server as { [key]?: InstalledSplit };
  holder[key] ??= installSplit(app, options);
  refuseOtherBounds(holder[key].options, options);
  return holder[key];
}

interface InstalledSplit extends PortSplit {
  readonly options: PortSplitOptions;
}

function installSplit(app: FastifyInstance, options: PortSplitOptions): InstalledSplit {
  const { http2SessionTimeout, keepAliveTimeout, requestTimeout, connectionTimeout } =
    // Fastify's types leave requestTimeout out.
    app.initialConfig as FastifyInstance["initialConfig"] & { readonly requestTimeout?: number };
  const closing = appClosing(app);
  const sinks = new GrpcSinks();
  const { maxPrematureResets = 1_000, prematureResetMs = 1_000, maxConnectionAgeMs = 0 } = options;
  const sessionIdleMs = options.sessionIdleMs ?? http2SessionTimeout ?? 72_000;
  const sessions = new Http2Sessions(
    { maxPrematureResets, prematureResetMs, sessionIdleMs, maxConnectionAgeMs },
    options.closeGraceMs ?? defaultGraceMs(app),
    closing.sockets,
  );
  const context: SplitContext = {
    sessions,
    acceptGrpc: acceptGrpcStreams(sinks, sessions),
    limits: {
      headersTimeoutMs: options.headersTimeoutMs ?? 60_000,
      maxSniffingSockets: options.maxSniffingSockets ?? 4_096,
      sessionIdleMs,
      maxConcurrentStreams: options.maxConcurrentStreams ?? 1_000,
    },
    http1: {
      keepAliveTimeout: keepAliveTimeout ?? 72_000,
      requestTimeout: requestTimeout ?? 0,
      timeout: connectionTimeout ?? 0,
    },
  };
  const { servers, each } = appServers(app);
  const splits: SplitServer[] = [];
  each((server) => {
    const split = splitServer(server, context);
    splits.push(split);
    if (maxConnectionAgeMs > 0) {
      (server as EventEmitter).prependListener("request", ageHttp1(maxConnectionAgeMs));
    }
    closing.add(split);
  });
  closing.add(sessions);
  app.addHook("onClose", (_app, done) => {
    sinks.close();
    done();
  });
  return {
    options,
    sinks,
    servers,
    gauges: {
      get http2Sessions() {
        return sessions.size;
      },
      get grpcStreams() {
        return sessions.grpcStreamCount;
      },
      get undecidedSockets() {
        return splits.reduce((sum, { undecidedSockets }) => sum + undecidedSockets, 0);
      },
    },
  };
}

/** A bound that is silently another gateway's would be found out by an attack. */
function refuseOtherBounds(given: PortSplitOptions, later: PortSplitOptions): void {
  for (const name of Object.keys(later) as (keyof PortSplitOptions)[]) {
    if (name === "closeGraceMs" || later[name] === given[name] || later[name] === undefined)
      continue;
    throw new RangeError(
      `${name} is ${given[name] ?? "not set"} on this port, by whom came first, and cannot be ${later[name]} as well: set the same bounds everywhere`,
    );
  }
}
