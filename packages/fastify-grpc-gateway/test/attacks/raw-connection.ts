import { once } from "node:events";
import net, { type Socket } from "node:net";
import tls from "node:tls";
import { pem } from "../one-port/server-shapes.ts";
import { flags, frame, frameType, preface, windowSettings, windowUpdate } from "./http2-frames.ts";

/** Where attacks are aimed. */
export interface Target {
  readonly port: number;
  /** The port for HTTP/1.1; the same where one port serves both. */
  readonly http1Port: number;
  readonly secure: boolean;
}

export interface RawConnectionOptions {
  /** Whether what the server sends is read. @default true */
  readonly reading?: boolean;
  /** How many bytes the server may send on each stream, and on the connection. @default those of HTTP/2, 65,535 */
  readonly window?: number;
}

const maxWindow = 0x7fff_ffff;

/** Connects a socket whose errors harm nobody. */
export async function connectSocket({ port, secure }: Pick<Target, "port" | "secure">) {
  const options = { port, host: "127.0.0.1" };
  const socket: Socket = secure
    ? tls.connect({
        ...options,
        ca: pem("ca.pem"),
        servername: "localhost",
        ALPNProtocols: ["h2"],
      })
    : net.connect(options);
  socket.on("error", () => {});
  const event = secure ? "secureConnect" : "connect";
  await Promise.race([once(socket, event), once(socket, "close")]);
  return socket;
}

/** A connection of HTTP/2 that sends what it is given, and notes how the server takes it. */
export class RawConnection {
  /** The error code of the server's GOAWAY. */
  goaway: number | undefined;
  /** Called when the server has ended a stream, by its last frame or by a reset. */
  onStreamEnd: (streamId: number) => unknown = () => {};
  readonly #socket: Socket;
  /** How many bytes of DATA the server takes on the connection as a whole. */
  #window = 65_535;
  #onWindow: () => void = () => {};
  #received: Buffer = Buffer.alloc(0);
  #lastStream = -1;

  private constructor(socket: Socket, reading: boolean) {
    this.#socket = socket;
    if (reading) socket.on("data", (chunk: Buffer) => this.#read(chunk));
    else socket.pause();
  }

  static async open(
    target: Target,
    { reading = true, window }: RawConnectionOptions = {},
  ): Promise<RawConnection> {
    const connection = new RawConnection(await connectSocket(target), reading);
    const settings =
      window === undefined
        ? [frame(frameType.settings, flags.none, 0)]
        : [windowSettings(window), windowUpdate(0, maxWindow - 65_535)];
    connection.send(Buffer.concat([preface, ...settings]));
    return connection;
  }

  get closed(): boolean {
    return this.#socket.destroyed || !this.#socket.writable;
  }

  /** The next free stream of a client. */
  nextStream(): number {
    this.#lastStream += 2;
    return this.#lastStream;
  }

  /** Sends without regard to what waits already; nothing on a connection that is closed. */
  send(bytes: Buffer): boolean {
    return this.closed || this.#socket.write(bytes);
  }

  /** Takes bytes of DATA that come next off the window; `write` waits until the server has opened it so far. */
  spend(bytes: number): void {
    this.#window -= bytes;
  }

  /** Sends, and waits while the server does not read. */
  async write(bytes: Buffer, signal: AbortSignal): Promise<void> {
    while (this.#window < 0 && !this.closed && !signal.aborted) {
      await this.#until((done) => {
        this.#onWindow = done;
        return () => {};
      }, signal);
    }
    if (this.send(bytes) || signal.aborted) return;
    await this.#until((done) => {
      this.#socket.on("drain", done);
      return () => this.#socket.off("drain", done);
    }, signal);
  }

  /** Resolves with the event, and also when the connection closes or the signal comes. */
  #until(start: (done: () => void) => () => void, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        stop();
        this.#socket.off("close", done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const stop = start(done);
      this.#socket.on("close", done);
      signal.addEventListener("abort", done);
    });
  }

  /** Resolves once the server has closed the connection, or at the signal. */
  async serverClosed(signal: AbortSignal): Promise<void> {
    if (!this.#socket.closed && !signal.aborted) await this.#until(() => () => {}, signal);
  }

  /** Cuts the connection. */
  async close(): Promise<void> {
    if (this.#socket.closed) return;
    const closed = once(this.#socket, "close");
    this.#socket.destroy();
    await closed;
  }

  #read(chunk: Buffer): void {
    let rest = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    while (rest.length >= 9) {
      const end = 9 + rest.readUIntBE(0, 3);
      if (rest.length < end) break;
      this.#receive(rest[3] ?? 0, rest[4] ?? 0, rest.readUInt32BE(5), rest.subarray(9, end));
      rest = rest.subarray(end);
    }
    this.#received = rest;
  }

  #receive(type: number, flag: number, streamId: number, payload: Buffer): void {
    if (type === frameType.windowUpdate && streamId === 0) {
      this.#window += payload.readUInt32BE(0);
      this.#onWindow();
    } else if (type === frameType.goaway) this.goaway = payload.readUInt32BE(4);
    else if (type === frameType.settings && (flag & flags.ack) === 0) {
      this.send(frame(frameType.settings, flags.ack, 0));
    } else if (type === frameType.rstStream) this.onStreamEnd(streamId);
    else if (type === frameType.data || type === frameType.headers) {
      if ((flag & flags.endStream) !== 0) this.onStreamEnd(streamId);
    }
  }
}
