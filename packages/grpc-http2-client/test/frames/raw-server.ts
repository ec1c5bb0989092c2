import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { encodeHeaders } from "../../src/hpack/encode-headers.ts";
import { flag, frame, frameType, preface, settingsAck, settingsFrame } from "./frame-bytes.ts";
import { type Frame, FrameSplitter } from "./frame-splitter.ts";

/** What a server of raw frames does on each connection, once. */
export type Script = (peer: RawPeer) => void | Promise<void>;

/** A server that speaks whatever its script writes. */
export class RawServer {
  readonly peers: RawPeer[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens until the test ends. A script that fails because its peer is gone has done its work. */
  static async listen(t: TestContext, script: Script): Promise<RawServer> {
    const server = createServer({ noDelay: true });
    const raw = new RawServer(server);
    server.on("connection", (socket) => {
      const peer = new RawPeer(socket);
      raw.peers.push(peer);
      void Promise.resolve(script(peer)).catch((error: unknown) => {
        if (!(error instanceof PeerGone)) throw error;
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    t.after(() => raw.close());
    return raw;
  }

  get target(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const { socket } of this.peers) socket.destroy();
    this.#server.close();
  }
}

/** The client closed the connection while a script waited for it. */
export class PeerGone extends Error {}

/** The server's side of one connection. */
export class RawPeer {
  readonly socket: Socket;
  /** Everything that came. */
  readonly frames: Frame[] = [];
  /** Resolves when the client has closed the connection. */
  readonly closed: Promise<void>;
  #seen = 0;
  #isClosed = false;
  #wake: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    const splitter = new FrameSplitter(preface.length);
    socket.on("data", (chunk) => {
      this.frames.push(...splitter.push(chunk));
      this.#wakeAll();
    });
    socket.on("error", () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on("close", () => {
        this.#isClosed = true;
        this.#wakeAll();
        resolve();
      });
    });
  }

  /** Writes bytes, and waits while the client does not read. */
  async send(...parts: readonly Uint8Array[]): Promise<void> {
    if (this.#isClosed) throw new PeerGone();
    if (this.socket.write(Buffer.concat(parts))) return;
    await new Promise<void>((resolve) => {
      this.socket.once("drain", resolve);
      void this.closed.then(resolve);
    });
    if (this.#isClosed) throw new PeerGone();
  }

  /** The server's part of the handshake. */
  async greet(...settings: readonly (readonly [id: number, value: number])[]): Promise<void> {
    await this.send(settingsFrame(...settings), settingsAck);
  }

  /** Resolves with the next frame that fits, passing over others. */
  async next(fits: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      while (this.#seen < this.frames.length) {
        const frame = this.frames[this.#seen++] as Frame;
        if (fits(frame)) return frame;
      }
      if (this.#isClosed) throw new PeerGone();
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
      });
    }
  }

  /** Resolves with the stream of the next request, once its end has come. */
  async request(): Promise<number> {
    const { stream } = await this.next(
      ({ type, flags }) =>
        (type === frameType.headers || type === frameType.data) && (flags & flag.endStream) !== 0,
    );
    return stream;
  }

  /** Resolves with the stream of the next HEADERS. */
  async head(): Promise<number> {
    return (await this.next(({ type }) => type === frameType.headers)).stream;
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

/** HEADERS of a gRPC answer that goes on. */
export function answerHead(stream: number, more: readonly string[] = []): Buffer {
  const list = [":status", "200", "content-type", "application/grpc", ...more];
  return frame(frameType.headers, flag.endHeaders, stream, encodeHeaders(list));
}

/** Trailers. */
export function trailers(stream: number, status = 0, more: readonly string[] = []): Buffer {
  const list = ["grpc-status", `${status}`, ...more];
  return frame(frameType.headers, flag.endHeaders | flag.endStream, stream, encodeHeaders(list));
}

/** DATA of one message. */
export function message(stream: number, bytes: Uint8Array, flags = 0): Buffer {
  return frame(frameType.data, flags, stream, framed(bytes));
}

/** A message with its prefix. */
export function framed(bytes: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}

/** A whole answer with one message. */
export function answer(stream: number, text: string): Buffer {
  return Buffer.concat([answerHead(stream), message(stream, Buffer.from(text)), trailers(stream)]);
}
