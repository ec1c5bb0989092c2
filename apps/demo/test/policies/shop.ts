import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import http2 from "node:http2";
import https from "node:https";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import {
  Client,
  credentials,
  Metadata,
  type Server,
  ServerCredentials,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from "@grpc/grpc-js";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import grpcGateway, { createServer, type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import { type CodeName, codeName, decodeStatusDetails, statusDetailsKey } from "grpc-transcoding";

export const shopProto: string = fileURLToPath(new URL("./proto", import.meta.url));

type Receipt = { what: string };
export type Buy = (
  call: ServerUnaryCall<Receipt, Receipt>,
  callback: sendUnaryData<Receipt>,
) => void;
export type Fill = (
  call: ServerReadableStream<Receipt, Receipt>,
  callback: sendUnaryData<Receipt>,
) => void;
export type Watch = (call: ServerWritableStream<Receipt, Receipt>) => void;

/** What the shop does; by default it sells whatever it is asked for. */
export interface ShopHandlers {
  readonly buy?: Buy;
  readonly fill?: Fill;
  readonly watch?: Watch;
}

const sell: Buy = ({ request }, callback) => callback(null, { what: request.what });

const show: Watch = (call) => void call.write({ what: call.request.what }, () => call.end());

const take: Fill = (call, callback) =>
  void call.resume().on("end", () => callback(null, { what: "all" }));

export function shopServer({ buy, fill, watch }: ShopHandlers = {}): Promise<Server> {
  return createServer({
    proto: shopProto,
    services: {
      "shop.v1.Shop": {
        Buy: buy ?? sell,
        Fill: fill ?? take,
        Watch: watch ?? show,
      },
    },
  });
}

/** Listens on loopback; ends with the test. */
export async function boundServer(t: TestContext, server: Server): Promise<string> {
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  t.after(() => server.forceShutdown());
  return `127.0.0.1:${port}`;
}

export interface ShopOptions extends ShopHandlers {
  /** @default "in-process" */
  readonly upstream?: "in-process" | "passed on";
  readonly gateway?: Partial<FastifyGrpcGatewayOptions>;
  /** Registers plugins and hooks before the gateway. */
  readonly before?: (app: FastifyInstance) => void | Promise<void>;
  readonly fastify?: FastifyServerOptions;
}

/** An app in front of the shop, listening. */
export async function shopApp(
  t: TestContext,
  { upstream = "in-process", gateway, before, fastify, ...handlers }: ShopOptions = {},
): Promise<{ readonly app: FastifyInstance; readonly port: number }> {
  const app = Fastify(fastify ?? {});
  t.after(() => app.close());
  await before?.(app);
  const server = await shopServer(handlers);
  await app.register(grpcGateway, {
    proto: shopProto,
    upstream: upstream === "in-process" ? server : await boundServer(t, server),
    ...gateway,
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { app, port: (app.server.address() as AddressInfo).port };
}

/** What a client learns of a call. */
export interface Answer {
  /** 200, or OK. */
  readonly ok: boolean;
  readonly status: number | undefined;
  readonly code: CodeName | undefined;
  readonly message: string;
  /** Response headers; of native calls the trailers. */
  readonly headers: Readonly<Record<string, string>>;
  /** The types of the status's details. */
  readonly details: readonly string[];
}

/** Buys something. */
export type Ask = (headers?: Readonly<Record<string, string>>) => Promise<Answer>;

function httpAnswer(status: number, headers: Record<string, string>, text: string): Answer {
  const body = JSON.parse(text);
  return {
    ok: status === 200,
    status,
    code: status === 200 ? "OK" : codeName(body.code),
    message: body.message ?? "",
    headers,
    details: (body.details ?? []).map((detail: { "@type": string }) => typeName(detail["@type"])),
  };
}

function typeName(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1);
}

/** Asks by HTTP/1.1. */
export function askHttp1(port: number, path = "/v1/buy/tea"): Ask {
  return async (headers = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    return httpAnswer(response.status, Object.fromEntries(response.headers), await response.text());
  };
}

function pem(name: string): Buffer {
  const folder = "../../../../packages/fastify-grpc-gateway/test/fixtures/tls/";
  return readFileSync(new URL(folder + name, import.meta.url));
}

/** For an app behind TLS. */
export const serverTls = { key: pem("server.key"), cert: pem("server.pem") } as const;

const clientTls = { ca: pem("ca.pem"), servername: "localhost" } as const;

/** Asks by HTTP/1.1 over TLS. */
export function askHttps1(port: number, path = "/v1/buy/tea"): Ask {
  return async (headers = {}) => {
    const request = https.get({
      host: "127.0.0.1",
      port,
      path,
      headers,
      agent: false,
      ...clientTls,
    });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    let text = "";
    for await (const chunk of response.setEncoding("utf8")) text += chunk;
    return httpAnswer(response.statusCode ?? 0, response.headers as Record<string, string>, text);
  };
}

/** Asks by HTTP/2, each time over a connection of its own. */
export function askHttp2(
  port: number,
  path = "/v1/buy/tea",
  transport: "cleartext" | "tls" = "cleartext",
): Ask {
  return async (headers = {}) => {
    const session =
      transport === "tls"
        ? http2.connect(`https://127.0.0.1:${port}`, clientTls)
        : http2.connect(`http://127.0.0.1:${port}`);
    try {
      const stream = session.request({ ":path": path, ...headers });
      let text = "";
      stream.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      const [head] = (await once(stream, "response")) as [Record<string, string>];
      await once(stream, "end");
      return httpAnswer(Number(head[":status"]), head, text);
    } finally {
      session.destroy();
    }
  };
}

const bytes = (buffer: Buffer): Buffer => buffer;

/** Asks by native gRPC; `request` is the message's bytes. */
export function askNative(
  t: TestContext,
  port: number,
  method = "Buy",
  request: Buffer = Buffer.alloc(0),
  transport: "cleartext" | "tls" = "cleartext",
): Ask {
  const isSecure = transport === "tls";
  const channel = isSecure ? credentials.createSsl(clientTls.ca) : credentials.createInsecure();
  const client = new Client(`127.0.0.1:${port}`, channel, {
    ...(isSecure && { "grpc.ssl_target_name_override": clientTls.servername }),
    // What is refused must be seen as it is.
    "grpc.enable_retries": 0,
  });
  t.after(() => client.close());
  return (headers = {}) => {
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(headers)) metadata.set(key, value);
    return new Promise((resolve) => {
      const call = client.makeServerStreamRequest(
        `/shop.v1.Shop/${method}`,
        bytes,
        bytes,
        request,
        metadata,
        { deadline: Date.now() + 20_000 },
      );
      call.on("data", () => {});
      call.on("error", () => {});
      call.on("status", ({ code, details, metadata: trailers }) => {
        const encoded = trailers.get(statusDetailsKey)[0];
        const status = encoded instanceof Buffer ? decodeStatusDetails(encoded) : undefined;
        const texts = Object.entries(trailers.getMap()).map(([key, value]) => [key, String(value)]);
        resolve({
          ok: code === 0,
          status: undefined,
          code: codeName(code),
          message: details,
          headers: Object.fromEntries(texts),
          details: (status?.details ?? []).map(({ typeUrl }) => typeName(typeUrl)),
        });
      });
    });
  };
}
