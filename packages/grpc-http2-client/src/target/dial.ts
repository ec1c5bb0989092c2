import { connect as connectTcp, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import type { Address } from "./address.ts";
import type { HttpProxy } from "./proxy.ts";
import { openTunnel } from "./tunnel.ts";

/** Takes what becomes of a socket. */
export interface SocketSink {
  /** The first `length` bytes of a buffer that is used again afterwards. */
  onRead(length: number, bytes: Buffer): void;
  /** HTTP/2 may be spoken on the socket. */
  onConnected(socket: Socket): void;
  /** Last, and once; with the error, where there was one. */
  onClosed(error: Error | undefined): void;
}

/** How sockets of one target are opened. */
export interface DialSettings {
  /** Options of tls.connect for a new connection; undefined for plaintext. */
  readonly tls: (() => ConnectionOptions) | undefined;
  readonly proxy: HttpProxy | undefined;
  readonly connectTimeoutMs: number;
}

const readBytes = 65_536;
const tcp = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 };

/** Opens a socket, over TLS and through a proxy where that is asked for. The returned function destroys it. */
export function dial(address: Address, settings: DialSettings, sink: SocketSink): () => void {
  const { tls, proxy } = settings;
  if (proxy !== undefined) return dialThrough(proxy, address, settings, sink);
  const onread = {
    buffer: Buffer.allocUnsafeSlow(readBytes),
    callback(length: number, bytes: Uint8Array): boolean {
      sink.onRead(length, bytes as Buffer);
      return true;
    },
  };
  const where = { ...address, ...tcp, onread };
  const socket =
    tls === undefined
      ? connectTcp(where)
      : connectTls({ ...where, ...tls(), ALPNProtocols: ["h2"] });
  const stop = watch(socket, settings, sink);
  socket.once(tls === undefined ? "connect" : "secureConnect", () => stop(socket));
  return () => socket.destroy();
}

function dialThrough(
  proxy: HttpProxy,
  address: Address,
  settings: DialSettings,
  sink: SocketSink,
): () => void {
  const { tls } = settings;
  const socket = connectTcp({ host: proxy.host, port: proxy.port, ...tcp });
  const stop = watch(socket, settings, sink);
  socket.once("connect", () => {
    openTunnel(socket, address, proxy, (rest) => {
      if (tls === undefined) {
        stop(socket);
        if (rest.length > 0) sink.onRead(rest.length, rest);
        socket.on("data", (chunk: Buffer) => sink.onRead(chunk.length, chunk));
        return;
      }
      if (rest.length > 0) socket.unshift(rest);
      const inner = connectTls({ ...tls(), socket, ALPNProtocols: ["h2"] });
      inner.on("error", (error) => socket.destroy(error));
      inner.on("data", (chunk: Buffer) => sink.onRead(chunk.length, chunk));
      inner.once("close", () => socket.destroy());
      inner.once("secureConnect", () => stop(inner));
    });
  });
  return () => socket.destroy();
}

/** Tells the sink of the end, and gives the attempt its time; the returned function ends the attempt well. */
function watch(
  socket: Socket,
  { connectTimeoutMs, tls }: DialSettings,
  sink: SocketSink,
): (connected: Socket) => void {
  let failure: Error | undefined;
  const timer = setTimeout(() => {
    socket.destroy(new Error(`no connection within ${connectTimeoutMs} ms`));
  }, connectTimeoutMs);
  socket.on("error", (error) => {
    failure ??= error;
  });
  socket.once("close", () => {
    clearTimeout(timer);
    sink.onClosed(failure);
  });
  return (connected) => {
    clearTimeout(timer);
    if (tls !== undefined && (connected as TLSSocket).alpnProtocol !== "h2") {
      socket.destroy(new Error("the server does not speak HTTP/2 (ALPN h2)"));
    } else if (!socket.destroyed) sink.onConnected(connected);
  };
}
