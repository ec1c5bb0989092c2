import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { TLSSocket, Server as TlsServer } from "node:tls";

/** Node keeps the response whose turn it is here; libraries that end servers have long relied on it. */
interface HttpSocket extends Socket {
  readonly _httpMessage?: ServerResponse | null;
}

/**
 * The sockets of an app's servers. A server that closes waits for them, and Node lets an HTTP/1.1 connection idle on
 * for its `keepAliveTimeout` after an answer, a silent or half-made one even longer.
 */
export class OpenSockets {
  private readonly sockets = new Set<HttpSocket>();
  private isClosing = false;

  get size(): number {
    return this.sockets.size;
  }

  /** Follows the sockets of one server, with TLS both the wrapped ones and those in their handshake. */
  watch(server: object): void {
    // A `serverFactory` may return anything; the split refuses what it does not know.
    if (!(server instanceof EventEmitter)) return;
    server.on("connection", this.add);
    if (server instanceof TlsServer) server.on("secureConnection", this.add);
  }

  /** Lets every HTTP/1.1 connection end with the answer that it waits for (RFC 9112 section 9.6). */
  beginClose(): void {
    this.isClosing = true;
    for (const socket of this.sockets) {
      const response = socket._httpMessage;
      if (!response) {
        // Node closes those that have idled since an answer, but not one that has never said a word.
        if (socket.bytesRead === 0 || isIdleTls(socket)) socket.destroy();
      } else if (response.headersSent) {
        response.once("close", () => setImmediate(endIdle, socket));
      } else {
        response.shouldKeepAlive = false;
      }
    }
  }

  /** Cuts the connections of one client's port. */
  cut(remoteAddress: string | undefined, remotePort: number | undefined): void {
    for (const socket of this.sockets) {
      if (socket.remotePort === remotePort && socket.remoteAddress === remoteAddress) {
        socket.destroy();
      }
    }
  }

  /** Cuts what is left. */
  finishClose(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private readonly add = (socket: HttpSocket): void => {
    if (this.isClosing && isIdleTls(socket)) {
      // Its handshake was on the way when the app began to close.
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    socket.once("close", () => this.sockets.delete(socket));
  };
}

/** An HTTP/1.1 connection over TLS that waits for no answer. Its handshake counts among the bytes read. */
function isIdleTls(socket: Socket): boolean {
  return socket instanceof TLSSocket && socket.alpnProtocol !== "h2";
}

function endIdle(socket: HttpSocket): void {
  if (!socket._httpMessage) socket.end();
}
