import { request as httpRequest } from "node:http";
import http2 from "node:http2";
import { thingBytes } from "./depot.ts";

/** A call as its client holds it. */
export interface RawCall {
  /** Resolves when the client has heard the last of it, whatever that is. */
  readonly over: Promise<void>;
  /** Ends the call, and leaves the connection. */
  cancel(): void;
  /** Ends the connection. */
  vanish(): void;
}

/** What a client may say. */
export interface RawRequest {
  readonly port: number;
  readonly isStream: boolean;
  readonly headers: Readonly<Record<string, string>>;
  /** In place of GET. */
  readonly method?: string;
}

export type RawClient = (request: RawRequest) => RawCall;

const pathOf = (isStream: boolean): string => `/v1/things/tea${isStream ? ":watch" : ""}`;

const http1: RawClient = ({ port, isStream, headers, method = "GET" }) => {
  const path = pathOf(isStream);
  const request = httpRequest({ port, host: "127.0.0.1", path, headers, method, agent: false });
  const over = new Promise<void>((resolve) => request.once("close", resolve));
  request.on("error", () => {});
  request.once("response", (response) => response.on("error", () => {}).resume());
  request.end();
  const end = (): void => void request.destroy();
  return { over, cancel: end, vanish: end };
};

function overHttp2(
  port: number,
  headers: http2.OutgoingHttpHeaders,
  body: Buffer | undefined,
): RawCall {
  const session = http2.connect(`http://127.0.0.1:${port}`).on("error", () => {});
  const stream = session.request(headers, { endStream: body === undefined });
  const over = new Promise<void>((resolve) => stream.once("close", resolve));
  stream.on("error", () => {}).resume();
  if (body !== undefined) stream.end(body);
  void over.then(() => session.close());
  return {
    over,
    cancel: () => stream.close(http2.constants.NGHTTP2_CANCEL),
    vanish: () => session.destroy(),
  };
}

const restOverHttp2: RawClient = ({ port, isStream, headers, method = "GET" }) =>
  overHttp2(port, { ":path": pathOf(isStream), ":method": method, ...headers }, undefined);

const native: RawClient = ({ port, isStream, headers }) => {
  const message = thingBytes("tea");
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return overHttp2(
    port,
    {
      ":path": `/depot.v1.Depot/${isStream ? "Watch" : "Get"}`,
      ":method": "POST",
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    },
    Buffer.concat([head, message]),
  );
};

/** The ways in. */
export const rawClients: Readonly<Record<string, RawClient>> = {
  "HTTP/1.1": http1,
  "HTTP/2": restOverHttp2,
  "native gRPC": native,
};
