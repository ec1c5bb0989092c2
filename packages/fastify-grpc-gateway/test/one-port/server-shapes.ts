import { readFileSync } from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import { type ChannelCredentials, type ChannelOptions, credentials } from "@grpc/grpc-js";
import Fastify, { type FastifyInstance } from "fastify";

/** A file of the fixtures: certificates that are valid from 2020 to 2120. */
export function pem(name: string): Buffer {
  return readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url));
}

const tls = { key: pem("server.key"), cert: pem("server.pem") };

/** One kind of server that a Fastify app can have. */
export interface ServerShape {
  readonly name: string;
  readonly secure: boolean;
  /** Whether clients of HTTP/1.1 are served. */
  readonly http1: boolean;
  create(): FastifyInstance;
}

function shape(
  name: string,
  options: { readonly secure?: boolean; readonly http1?: boolean },
  create: () => unknown,
): ServerShape {
  const { secure = false, http1 = true } = options;
  return { name, secure, http1, create: create as () => FastifyInstance };
}

export const plain: ServerShape = shape("plain", {}, () => Fastify());
export const cleartextHttp2: ServerShape = shape("http2", {}, () => Fastify({ http2: true }));
export const secure: ServerShape = shape("https", { secure: true }, () => Fastify({ https: tls }));

export const serverShapes: readonly ServerShape[] = [
  plain,
  cleartextHttp2,
  secure,
  shape("https + http2", { secure: true, http1: false }, () =>
    Fastify({ http2: true, https: tls }),
  ),
  shape("https + http2 + allowHTTP1", { secure: true }, () =>
    Fastify({ http2: true, https: { ...tls, allowHTTP1: true } }),
  ),
  shape("serverFactory of http", {}, () =>
    Fastify({ serverFactory: (handler) => http.createServer(handler) }),
  ),
  shape("serverFactory of http2", {}, () =>
    Fastify({ serverFactory: (handler) => http2.createServer(handler as never) as never }),
  ),
  shape("serverFactory of https", { secure: true }, () =>
    Fastify({ serverFactory: (handler) => https.createServer(tls, handler) }),
  ),
];

/** What a grpc-js channel needs to reach a shape by an IP address. */
export function channelTo({ secure }: Pick<ServerShape, "secure">): {
  readonly credentials: ChannelCredentials;
  readonly channelOptions: ChannelOptions;
} {
  return {
    credentials: secure ? credentials.createSsl(pem("ca.pem")) : credentials.createInsecure(),
    channelOptions: secure ? { "grpc.ssl_target_name_override": "localhost" } : {},
  };
}
