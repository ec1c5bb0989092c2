import { once } from "node:events";
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from "node:http2";
import type { AddressInfo, ListenOptions } from "node:net";
import type { TestContext } from "node:test";
import type { Transport } from "grpc-transcoding";
import type { Http2TransportOptions } from "../../src/options.ts";
import { createHttp2Transport } from "../../src/transport.ts";

/** What an echo server does with a call, instead of answering it at once. */
export type Answer = (stream: ServerHttp2Stream, echo: () => void) => void;

/** A gRPC server on node:http2 that answers each call with its message. */
export interface EchoServer {
  readonly port: number;
  readonly target: string;
  /** Every connection that was made, in order. */
  readonly sessions: readonly ServerHttp2Session[];
  readonly calls: readonly ServerHttp2Stream[];
  /** The request headers of each call. */
  readonly heads: readonly IncomingHttpHeaders[];
  close(): void;
}

export interface EchoOptions {
  readonly answer?: Answer;
  readonly http2?: ServerOptions;
  readonly tls?: SecureServerOptions;
  readonly listen?: ListenOptions;
}

export async function echoServer(
  t: TestContext,
  { answer = (_stream, echo) => echo(), http2 = {}, tls, listen = {} }: EchoOptions = {},
): Promise<EchoServer> {
  const sessions: ServerHttp2Session[] = [];
  const calls: ServerHttp2Stream[] = [];
  const heads: IncomingHttpHeaders[] = [];
  const server: Http2Server =
    tls === undefined ? createServer(http2) : (createSecureServer({ ...http2, ...tls }) as never);
  server.on("session", (session) => {
    sessions.push(session);
    session.on("error", () => {});
  });
  server.on("stream", (stream, head) => {
    calls.push(stream);
    heads.push(head);
    stream.on("error", () => {});
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => {
      if (!stream.closed) answer(stream, () => respond(stream, Buffer.concat(chunks)));
    });
  });
  server.listen(listen.path === undefined ? { port: 0, host: "127.0.0.1", ...listen } : listen);
  await once(server, "listening");
  const close = (): void => {
    for (const session of sessions) session.destroy();
    server.close();
  };
  t.after(close);
  const { port } = (listen.path === undefined ? server.address() : { port: 0 }) as AddressInfo;
  return { port, target: `127.0.0.1:${port}`, sessions, calls, heads, close };
}

function respond(stream: ServerHttp2Stream, frames: Buffer): void {
  if (stream.closed) return;
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(frames);
}

/** A transport that is closed after the test. */
export function transportTo(t: TestContext, options: Http2TransportOptions): Transport {
  const transport = createHttp2Transport(options);
  t.after(() => transport.close?.());
  return transport;
}

/** Resolves once it holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}
