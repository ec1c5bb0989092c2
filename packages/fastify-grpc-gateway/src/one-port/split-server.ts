import type { EventEmitter } from "node:events";
import http from "node:http";
import http2, {
  type Http2Server,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from "node:http2";
import type { Socket } from "node:net";
import tls, { type TLSSocket } from "node:tls";
import type { Ending } from "../closing/app-closing.ts";
import { isGrpcContentType } from "./grpc-content-type.ts";
import type { AcceptGrpcStream } from "./grpc-streams.ts";
import type { Http2Sessions } from "./http2-sessions.ts";
import { ProtocolSniffer } from "./protocol-sniffer.ts";
import { SafeResponse } from "./safe-response.ts";

/** What the hooks of all servers of one port share. */
export interface SplitContext {
  readonly sessions: Http2Sessions;
  readonly acceptGrpc: AcceptGrpcStream;
  readonly limits: SplitLimits;
  /** The app's timeouts, in milliseconds, for HTTP/1.1 on a server of HTTP/2. */
  readonly http1: Pick<http.Server, "keepAliveTimeout" | "requestTimeout" | "timeout">;
}

/** Bounds on what clients may hold open on the port. */
export interface SplitLimits {
  /**
   * How long a connection may take to show its protocol, in milliseconds, and to send its first headers
   * where the app's server has no such limit of its own.
   */
  readonly headersTimeoutMs: number;
  /** How many connections may be undecided at once. */
  readonly maxSniffingSockets: number;
  /** How long an HTTP/2 connection may be idle before it gets a GOAWAY, in milliseconds; 0 for no limit. */
  readonly sessionIdleMs: number;
  /** How many streams one HTTP/2 connection may have open. */
  readonly maxConcurrentStreams: number;
}

/** A server whose port is split. Closing it stops taking connections apart and lets go those that are undecided. */
export interface SplitServer extends Ending {
  /** How many connections have not shown their protocol. */
  readonly undecidedSockets: number;
}

type Listener = (socket: Socket) => void;

/**
 * Puts the split before a server's own handling, whatever kind of Node server it is. gRPC streams go to
 * `acceptGrpc`; everything else reaches the server's `request` listeners, over both versions of HTTP.
 * Throws a TypeError for an object that is no HTTP server of Node's.
 */
export function splitServer(server: object, context: SplitContext): SplitServer {
  if (isHttp2(server)) {
    stealGrpcStreams(server, context);
    return server instanceof tls.Server ? byAlpn : addHttp1(server, context);
  }
  if (server instanceof http.Server) return addHttp2(server, context);
  if (server instanceof tls.Server) return addHttp2OverTls(server, context);
  throw new TypeError(
    "native gRPC needs a server of node:http, node:https or node:http2; serverFactory returned something else",
  );
}

function isHttp2(server: object): server is Http2Server {
  return "updateSettings" in server && typeof server.updateSettings === "function";
}

/**
 * Takes the gRPC streams of an http2 server before its listeners see them. An own `emit` is the only way: a listener
 * cannot stop the others.
 */
function stealGrpcStreams(server: Http2Server, { sessions, acceptGrpc }: SplitContext): void {
  const emit = server.emit;
  server.emit = function (this: Http2Server, event: string, ...args: unknown[]): boolean {
    if (event === "stream") {
      const [stream, headers, flags, rawHeaders] = args as Parameters<AcceptGrpcStream>;
      const isGrpc = isGrpcContentType(headers["content-type"]);
      // A reset stream emits an error, which would end the process where nobody listens.
      stream.on("error", ignore);
      if (!sessions.watch(stream, isGrpc)) return true;
      sessions.inTurn(stream, () => {
        if (isGrpc) acceptGrpc(stream, headers, flags, rawHeaders);
        else Reflect.apply(emit, this, [event, ...args]);
      });
      return true;
    } else if (event === "session") {
      sessions.add(args[0] as ServerHttp2Session);
    }
    return Reflect.apply(emit, this, [event, ...args]);
  };
}

/** A plain HTTP/1.1 server: connections that begin with the preface of HTTP/2 go to an http2 server beside it. */
function addHttp2(server: http.Server, context: SplitContext): SplitServer {
  const http1 = takeListener(server, "connection");
  const http2Side = createHttp2Side(server, context);
  const sniffer = new ProtocolSniffer(
    {
      http1: (socket) => http1.call(server, socket),
      http2(socket) {
        // Otherwise a client's FIN leaves the session open for ever.
        socket.allowHalfOpen = false;
        http2Side.emit("connection", socket);
      },
    },
    snifferLimits(context, server.headersTimeout),
  );
  server.on("connection", (socket) => sniffer.sniff(socket));
  return splitBy(sniffer, () => {});
}

/** An https server: ALPN chooses, and connections of HTTP/2 go to an http2 server beside it. */
function addHttp2OverTls(server: tls.Server, context: SplitContext): SplitServer {
  const http1 = takeListener(server, "secureConnection");
  const http2Side = createHttp2Side(server, context);
  const negotiation = server as { ALPNProtocols?: Buffer; ALPNCallback?: unknown };
  // RFC 7301 section 3.1: each name after its length. A callback of the user's decides for itself.
  if (negotiation.ALPNCallback === undefined) {
    negotiation.ALPNProtocols = Buffer.from("\x02h2\x08http/1.1", "latin1");
  }
  server.on("secureConnection", (socket: TLSSocket) => {
    if (socket.alpnProtocol === "h2") http2Side.emit("connection", socket);
    else http1.call(server, socket);
  });
  return byAlpn;
}

/** A cleartext http2 server: connections that do not begin with its preface go to an HTTP/1.1 server beside it. */
function addHttp1(server: Http2Server, context: SplitContext): SplitServer {
  const http2Listener = takeListener(server, "connection");
  const { headersTimeoutMs } = context.limits;
  const http1Side = http.createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: 0,
      connectionsCheckingInterval: Math.min(headersTimeoutMs, 30_000),
    },
    (request, response) => server.emit("request", request, response as never),
  );
  Object.assign(http1Side, context.http1);
  // It never listens; this event starts the timers that end slow requests.
  http1Side.emit("listening");
  const sniffer = new ProtocolSniffer(
    {
      http1(socket) {
        // As servers of HTTP/1.1 do: else a stream's last chunk waits for the client's delayed ACK (40 ms).
        socket.setNoDelay(true);
        http1Side.emit("connection", socket);
      },
      http2: (socket) => http2Listener.call(server, socket),
    },
    snifferLimits(context),
  );
  server.on("connection", (socket: Socket) => sniffer.sniff(socket));
  return splitBy(sniffer, () => http1Side.close());
}

function createHttp2Side(server: EventEmitter, context: SplitContext): Http2Server {
  const { sessionIdleMs, maxConcurrentStreams } = context.limits;
  const side: Http2Server = http2.createServer({
    Http2ServerResponse: SafeResponse as typeof Http2ServerResponse,
    // In MB. Bounds what nghttp2 buffers for one connection, and leaves room for large messages.
    maxSessionMemory: 64,
    // Response metadata comes from the app's own services.
    maxSendHeaderBlockLength: Number.MAX_SAFE_INTEGER,
    settings: { maxConcurrentStreams, maxHeaderListSize: 32 * 1024 },
    ...countsNoResets,
  });
  side.on("request", (request, response) => server.emit("request", request, response));
  if (sessionIdleMs > 0) {
    side.on("session", (session) => session.setTimeout(sessionIdleMs));
  }
  stealGrpcStreams(side, context);
  return side;
}

/** Removes Node's own listener and gives it back. Listeners of others stay: each connection is emitted once. */
function takeListener(server: EventEmitter, event: string): Listener {
  const listeners = server.listeners(event) as Listener[];
  const own = listeners.find((listener) => listener.name === "connectionListener");
  if (own === undefined) {
    throw new TypeError(
      `native gRPC needs Node's own "${event}" listener on the server; something else has replaced it`,
    );
  }
  server.removeListener(event, own);
  return own;
}

function snifferLimits(
  { limits }: SplitContext,
  headersTimeout = 0,
): { readonly timeoutMs: number; readonly maxSockets: number } {
  const { headersTimeoutMs, maxSniffingSockets } = limits;
  return {
    timeoutMs: headersTimeout > 0 ? Math.min(headersTimeout, headersTimeoutMs) : headersTimeoutMs,
    maxSockets: maxSniffingSockets,
  };
}

function splitBy(sniffer: ProtocolSniffer, close: () => void): SplitServer {
  return {
    get undecidedSockets() {
      return sniffer.size;
    },
    beginClose() {
      sniffer.close();
      close();
    },
  };
}

const byAlpn: SplitServer = { undecidedSockets: 0 };

// On Node 24 nghttp2's own limit, which cuts honest cancels like an attack, gives way to the reset guard.
const countsNoResets = { streamResetBurst: 2 ** 31 - 1, streamResetRate: 2 ** 31 - 1 };

function ignore(): void {}
