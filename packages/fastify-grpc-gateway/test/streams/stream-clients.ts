import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import type { Readable, Writable } from "node:stream";
import type { TestContext } from "node:test";
import { connectHttp2 } from "../one-port/http-clients.ts";
import { pem } from "../one-port/server-shapes.ts";

/** The head of an answer. */
export interface Head {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** An answer, as far as it came. */
export interface StreamAnswer extends Head {
  readonly body: string;
  readonly trailers: Readonly<Record<string, unknown>>;
  /** False where it broke off. */
  readonly isWhole: boolean;
}

/** A request whose body is written piece by piece, while its answer is read. */
export interface StreamedCall {
  /** Resolves once the piece has left the client. */
  write(piece: string | Buffer): Promise<void>;
  end(piece?: string): void;
  /** Gives the request up: over HTTP/1.1 by the end of its connection, over HTTP/2 by a reset of its stream. */
  leave(): void;
  /** Rejects where no answer comes. */
  readonly head: Promise<Head>;
  readonly answer: Promise<StreamAnswer>;
  /** The next line of the answer; undefined behind the last. */
  line(): Promise<string | undefined>;
  /** Whether the request's side is over, by whomever. */
  readonly uploadEnded: Promise<void>;
  /** Nothing of the answer is read until `read`. */
  pause(): void;
  read(): void;
}

export interface StreamClient {
  start(path: string, headers?: Readonly<Record<string, string>>, method?: string): StreamedCall;
  /** Ends the connection at once. */
  cut(): void;
}

/** A way to reach an app over a socket. */
export interface Wire {
  readonly name: string;
  readonly secure: boolean;
  connect(t: TestContext, port: number): StreamClient;
}

export const wires: readonly Wire[] = [
  { name: "HTTP/1.1", secure: false, connect: (t, port) => overHttp1(t, port, false) },
  { name: "h2c", secure: false, connect: (t, port) => overHttp2(t, port, false) },
  { name: "HTTP/1.1 over TLS", secure: true, connect: (t, port) => overHttp1(t, port, true) },
  { name: "HTTP/2 over TLS", secure: true, connect: (t, port) => overHttp2(t, port, true) },
];

/** The two without TLS. */
export const plainWires: readonly Wire[] = wires.filter(({ secure }) => !secure);

function overHttp1(t: TestContext, port: number, secure: boolean): StreamClient {
  const { Agent, request } = secure ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const tls = { ca: pem("ca.pem"), servername: "localhost" };
  return {
    start(path, headers = {}, method = "POST") {
      const target = { host: "127.0.0.1", port, path, method, headers, agent, ...(secure && tls) };
      const outgoing = request(target);
      const call = new Call(outgoing, () => outgoing.destroy());
      outgoing.on("error", (error) => call.fail(error)).flushHeaders();
      outgoing.once("close", () => call.fail(new Error("closed without an answer")));
      outgoing.on("response", (response) => {
        const { statusCode = 0, headers: received } = response;
        call.open(response, { statusCode, headers: received });
        response
          .on("error", () => call.finish(response.trailers, false))
          .on("end", () => call.finish(response.trailers, response.complete));
      });
      return call;
    },
    cut: () => agent.destroy(),
  };
}

function overHttp2(t: TestContext, port: number, secure: boolean): StreamClient {
  const session = connectHttp2(t, { secure }, port);
  return {
    start(path, headers = {}, method = "POST") {
      // Node's close() ends the request's body before it resets the stream; a signal does not.
      const abort = new AbortController();
      const stream = session.request(
        { ":path": path, ":method": method, ...headers },
        { endStream: method === "GET" || method === "HEAD", signal: abort.signal },
      );
      const call = new Call(stream, () => abort.abort());
      let trailers: Record<string, unknown> = {};
      stream
        .on("response", (received) =>
          call.open(stream, { statusCode: Number(received[":status"]), headers: received }),
        )
        .on("trailers", (received) => {
          trailers = received;
        })
        .on("error", (error) => call.fail(error))
        .on("close", () =>
          call.finish(trailers, stream.rstCode === http2.constants.NGHTTP2_NO_ERROR),
        );
      return call;
    },
    cut: () => session.destroy(),
  };
}

/** What both kinds of requests have in common. */
class Call implements StreamedCall {
  readonly head: Promise<Head>;
  readonly answer: Promise<StreamAnswer>;
  readonly uploadEnded: Promise<void>;
  readonly leave: () => void;
  readonly #upload: Writable;
  #download: Readable | undefined;
  #isPaused = false;
  #body = "";
  #taken = 0;
  #isOver = false;
  #wake: (() => void)[] = [];
  #head: Head | undefined;
  #opened!: (head: Head) => void;
  #answered!: (answer: StreamAnswer) => void;
  #failed!: (error: Error) => void;

  constructor(upload: Writable, leave: () => void) {
    this.#upload = upload;
    this.leave = leave;
    const head = new Promise<Head>((resolve, reject) => {
      this.#opened = resolve;
      this.#failed = reject;
    });
    this.head = head;
    this.answer = new Promise((resolve, reject) => {
      this.#answered = resolve;
      head.catch(reject);
    });
    this.uploadEnded = new Promise((resolve) => {
      upload.once("close", resolve);
    });
    // Many tests ask for one of them only.
    this.head.catch(() => {});
    this.answer.catch(() => {});
  }

  write(piece: string | Buffer): Promise<void> {
    return new Promise((resolve) => this.#upload.write(piece, () => resolve()));
  }

  end(piece?: string): void {
    this.#upload.end(piece);
  }

  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#body.indexOf("\n", this.#taken);
      if (end >= 0) {
        const line = this.#body.slice(this.#taken, end);
        this.#taken = end + 1;
        return line;
      }
      if (this.#isOver) return undefined;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  pause(): void {
    this.#isPaused = true;
    this.#download?.pause();
  }

  read(): void {
    this.#isPaused = false;
    this.#download?.resume();
  }

  open(download: Readable, head: Head): void {
    this.#head = head;
    this.#download = download;
    download.setEncoding("utf8").on("data", (text: string) => {
      this.#body += text;
      this.#wakeAll();
    });
    if (this.#isPaused) download.pause();
    this.#opened(head);
  }

  finish(trailers: Readonly<Record<string, unknown>>, isWhole: boolean): void {
    if (this.#head === undefined) this.fail(new Error("closed without an answer"));
    else this.#answered({ ...this.#head, body: this.#body, trailers, isWhole });
    this.#isOver = true;
    this.#wakeAll();
  }

  /** Has no effect once there is a head: what goes wrong then shows at the end. */
  fail(error: Error): void {
    this.#failed(error);
    if (this.#head !== undefined) return;
    this.#isOver = true;
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
