import http from "node:http";
import http2, {
  type ClientHttp2Session,
  type OutgoingHttpHeaders,
  type SecureClientSessionOptions,
} from "node:http2";
import https from "node:https";
import type { TestContext } from "node:test";
import { pem, type ServerShape } from "./server-shapes.ts";

/** What a server answered. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly trailers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

/** A request over HTTP/1.1, on a connection of its own unless an agent is given. */
export async function requestHttp1(
  { secure }: Pick<ServerShape, "secure">,
  port: number,
  path: string,
  options: http.RequestOptions & { readonly body?: string } = {},
): Promise<HttpAnswer> {
  const { body, ...rest } = options;
  const { request } = secure ? https : http;
  return new Promise((resolve, reject) => {
    request({
      host: "127.0.0.1",
      servername: "localhost",
      port,
      path,
      agent: false,
      ca: pem("ca.pem"),
      ...rest,
    } as object)
      .on("error", reject)
      .on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            statusCode: response.statusCode ?? 0,
            headers: response.headers,
            trailers: response.trailers,
            body: Buffer.concat(chunks),
          }),
        );
      })
      .end(body);
  });
}

/** A connection of HTTP/2; by prior knowledge where there is no TLS. */
export function connectHttp2(
  t: TestContext,
  { secure }: Pick<ServerShape, "secure">,
  port: number,
  options: SecureClientSessionOptions = {},
): ClientHttp2Session {
  const session = http2.connect(`${secure ? "https" : "http"}://127.0.0.1:${port}`, {
    ca: pem("ca.pem"),
    servername: "localhost",
    ...options,
  });
  session.on("error", () => {});
  t.after(() => session.destroy());
  return session;
}

/** One request on a connection of HTTP/2. */
export async function requestHttp2(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body?: string | Buffer,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const stream = session.request(headers, { endStream: body === undefined });
    const chunks: Buffer[] = [];
    let received: Record<string, unknown> = {};
    let trailers: Record<string, unknown> = {};
    stream
      .on("response", (head) => {
        received = head;
      })
      .on("trailers", (tail) => {
        trailers = tail;
      })
      .on("data", (chunk) => chunks.push(chunk))
      .on("error", reject)
      .on("close", () =>
        resolve({
          statusCode: Number(received[":status"]),
          headers: received,
          trailers,
          body: Buffer.concat(chunks),
        }),
      );
    if (body !== undefined) stream.end(body);
  });
}

/** Headers of a gRPC request without a grpc-js client. */
export function grpcHeaders(path: string, contentType = "application/grpc"): OutgoingHttpHeaders {
  return { ":method": "POST", ":path": path, "content-type": contentType, te: "trailers" };
}

/** A message as gRPC frames it: not compressed, with its length. */
export function grpcFrame(message: string): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(Buffer.byteLength(message), 1);
  return Buffer.concat([head, Buffer.from(message)]);
}
