import type { Socket } from "node:net";

// RFC 9113 section 3.4: what a client of HTTP/2 sends first. No HTTP/1.1 request begins so.
const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/** Where a socket goes once its first bytes have told the protocol. They stand in its buffer again. */
export interface ProtocolHandlers {
  readonly http1: (socket: Socket) => void;
  readonly http2: (socket: Socket) => void;
}

/** Bounds on sockets whose protocol is not yet known: no other timer covers them. */
export interface SnifferLimits {
  /** How long a client may take to show its protocol, in milliseconds; 0 for no limit. */
  readonly timeoutMs: number;
  /** How many sockets may be unknown at once; beyond that the oldest is closed. */
  readonly maxSockets: number;
}

/** Tells HTTP/2 with prior knowledge from HTTP/1.1 by the first bytes of a connection. */
export class ProtocolSniffer {
  private readonly handlers: ProtocolHandlers;
  private readonly limits: SnifferLimits;
  /** With the function that stops watching; oldest first. */
  private readonly unknown = new Map<Socket, () => void>();

  constructor(handlers: ProtocolHandlers, limits: SnifferLimits) {
    this.handlers = handlers;
    this.limits = limits;
  }

  /** How many sockets have not shown their protocol yet. */
  get size(): number {
    return this.unknown.size;
  }

  sniff(socket: Socket): void {
    let seen: Buffer | undefined;
    const onReadable = (): void => {
      const chunk: Buffer | null = socket.read();
      if (chunk === null) return;
      seen = seen === undefined ? chunk : Buffer.concat([seen, chunk]);
      const length = Math.min(seen.length, preface.length);
      const isHttp2 = seen.compare(preface, 0, length, 0, length) === 0;
      if (isHttp2 && length < preface.length) return;
      stop();
      socket.unshift(seen);
      if (isHttp2) this.handlers.http2(socket);
      else this.handlers.http1(socket);
    };
    // Also on FIN: nothing can be put back into a stream that has ended.
    const drop = (): void => {
      stop();
      socket.destroy();
    };
    const stop = (): void => {
      clearTimeout(timer);
      this.unknown.delete(socket);
      socket.off("readable", onReadable).off("error", drop).off("end", drop).off("close", stop);
    };
    const { timeoutMs, maxSockets } = this.limits;
    const timer = timeoutMs > 0 ? setTimeout(drop, timeoutMs).unref() : undefined;
    this.unknown.set(socket, drop);
    // Without a listener an error (a reset) would end the process.
    socket.on("readable", onReadable).on("error", drop).on("end", drop).on("close", stop);
    if (this.unknown.size > maxSockets) this.dropOldest();
  }

  /** Closes the sockets whose protocol is not known. */
  close(): void {
    for (const drop of this.unknown.values()) drop();
  }

  private dropOldest(): void {
    for (const drop of this.unknown.values()) {
      drop();
      return;
    }
  }
}
