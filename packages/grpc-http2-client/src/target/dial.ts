import { connect as connectTcp, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import type { Address } from "./address.ts";

/** Takes what becomes of a socket. */
export interface SocketSink {
  /** The first `length` bytes of a buffer that is used again afterwards. */
  onRead(length: number, bytes: Buffer): void;
  /** HTTP/2 may be spoken. */
  onConnected(): void;
  /** Last, and once; with the error, where there was one. */
  onClosed(error: Error | undefined): void;
}

/** How sockets of one target are opened. */
export interface DialSettings {
  /** Options of tls.connect for a new connection; undefined for plaintext. */
  readonly tls: (() => ConnectionOptions) | undefined;
  readonly connectTimeoutMs: number;
}

const readBytes = 65_536;

/** Opens a socket, over TLS where that is asked for. */
export function dial(address: Address, settings: DialSettings, sink: SocketSink): Socket {
  const onread = {
    buffer: Buffer.allocUnsafeSlow(readBytes),
    callback(length: number, bytes: Uint8Array): boolean {
      sink.onRead(length, bytes as Buffer);
      return true;
    },
  };
  const where = {
    ...address,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
    onread,
  };
  const { tls } = settings;
  if (tls === undefined) {
    const socket = connectTcp(where);
    watch(socket, "connect", settings, sink);
    return socket;
  }
  const socket: TLSSocket = connectTls({ ...where, ...tls(), ALPNProtocols: ["h2"] });
  watch(socket, "secureConnect", settings, sink);
  return socket;
}

function watch(
  socket: Socket,
  connected: "connect" | "secureConnect",
  { connectTimeoutMs }: DialSettings,
  sink: SocketSink,
): void {
  let failure: Error | undefined;
  const timer = setTimeout(() => {
    socket.destroy(new Error(`no connection within ${connectTimeoutMs} ms`));
  }, connectTimeoutMs);
  socket.once(connected, () => {
    clearTimeout(timer);
    if (connected === "secureConnect" && (socket as TLSSocket).alpnProtocol !== "h2") {
      socket.destroy(new Error("the server does not speak HTTP/2 (ALPN h2)"));
    } else sink.onConnected();
  });
  socket.on("error", (error) => {
    failure ??= error;
  });
  socket.once("close", () => {
    clearTimeout(timer);
    sink.onClosed(failure);
  });
}
