import { request as httpRequest, type IncomingMessage } from "node:http";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import {
  type Metadata,
  type Server,
  ServerCredentials,
  type ServerReadableStream,
  type ServerUnaryCall,
  type sendUnaryData,
} from "@grpc/grpc-js";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import grpcGateway, { createServer, type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import {
  codeName,
  createJsonCodec,
  decodeStatusDetails,
  loadSchema,
  type Schema,
  statusDetailsKey,
} from "grpc-transcoding";
import { detailToJson, errorInfoOf } from "grpc-transcoding/internal";

export const vaultProto: string = fileURLToPath(new URL("./proto", import.meta.url));

export const vaultSchema: Schema = await loadSchema({ proto: vaultProto });

/** What the service has seen of a call. */
export interface Seen {
  readonly owners: readonly string[];
  readonly groups: readonly string[];
  readonly metadata: readonly string[];
}

type Put = { name: string; owner?: string; groups?: string[] };

function metadataOf(metadata: Metadata): readonly string[] {
  return Object.entries(metadata.toJSON())
    .flatMap(([key, values]) =>
      (values as unknown[]).map((value) =>
        value instanceof Buffer ? `${key}: <${value.toString()}>` : `${key}: ${value}`,
      ),
    )
    .filter((text) => /^(?:x|g|user)/.test(text))
    .sort();
}

type Unary = (call: ServerUnaryCall<Put, Seen>, callback: sendUnaryData<Seen>) => void;

/** The service; `calls` counts those that reached it. */
export async function vaultServer(calls: { count: number }): Promise<Server> {
  const see: Unary = ({ request: { owner, groups = [] }, metadata }, callback) => {
    calls.count += 1;
    callback(null, { owners: owner ? [owner] : [], groups, metadata: metadataOf(metadata) });
  };
  const fill = (call: ServerReadableStream<Put, Seen>, callback: sendUnaryData<Seen>): void => {
    calls.count += 1;
    const owners: string[] = [];
    call.on("data", ({ owner }: Put) => owners.push(owner ?? ""));
    call.on("error", () => {});
    call.on("end", () => callback(null, { owners, groups: [], metadata: [] }));
  };
  return await createServer({
    proto: vaultProto,
    services: { "vault.v1.Vault": { Get: see, Put: see, Look: see, Hello: see, Fill: fill } },
  });
}

export type Upstream = "in-process" | "passed on";

export interface VaultOptions {
  readonly upstream?: Upstream;
  readonly gateway?: Partial<FastifyGrpcGatewayOptions>;
  /** Registers plugins and hooks before the gateway. */
  readonly before?: (app: FastifyInstance) => unknown;
  readonly after?: (app: FastifyInstance) => unknown;
  readonly fastify?: FastifyServerOptions;
  /** @default "127.0.0.1" */
  readonly host?: string;
}

export interface VaultApp {
  readonly app: FastifyInstance;
  readonly port: number;
  readonly calls: { count: number };
}

/** An app in front of the vault, listening. */
export async function vaultApp(
  t: TestContext,
  {
    upstream = "in-process",
    gateway,
    before,
    after,
    fastify,
    host = "127.0.0.1",
  }: VaultOptions = {},
): Promise<VaultApp> {
  const calls = { count: 0 };
  const server = await vaultServer(calls);
  const app = Fastify(fastify ?? {});
  t.after(async () => {
    await app.close();
    server.forceShutdown();
  });
  await before?.(app);
  await app.register(grpcGateway, {
    ...(gateway?.schema === undefined && { proto: vaultProto }),
    upstream: upstream === "in-process" ? server : await bound(server),
    closeGraceMs: 100,
    ...gateway,
  });
  await after?.(app);
  await app.listen({ port: 0, host });
  return { app, port: (app.server.address() as AddressInfo).port, calls };
}

async function bound(server: Server): Promise<string> {
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, number) =>
      error ? reject(error) : resolve(number),
    ),
  );
  return `127.0.0.1:${port}`;
}

/** What a client learns of a call. */
export interface Answer {
  /** Of HTTP; undefined for native calls. */
  readonly status: number | undefined;
  readonly code: string;
  readonly message: string;
  /** Of the ErrorInfo. */
  readonly reason: string | undefined;
  readonly info: Readonly<Record<string, string>>;
  readonly challenge: string | undefined;
  readonly seen: Seen | undefined;
  /** All that was answered, to look for secrets in it. */
  readonly text: string;
}

/** One way to the vault. Headers may come several times; names in any case where the protocol has that. */
export interface Way {
  readonly name: string;
  readonly upstream: Upstream;
  /** Calls a method with its request as JSON, several of a stream. */
  ask(port: number, method: string, headers: HeaderList, ...requests: object[]): Promise<Answer>;
}

export type HeaderList = readonly (readonly [name: string, value: string])[];

export const rest1: Way = { name: "REST by HTTP/1.1", upstream: "in-process", ask: askHttp1 };
export const rest2: Way = { name: "REST by HTTP/2", upstream: "in-process", ask: askHttp2 };
export const restAway: Way = {
  name: "REST to a service elsewhere",
  upstream: "passed on",
  ask: askHttp1,
};
export const nativeIn: Way = { name: "native in-process", upstream: "in-process", ask: askNative };
export const nativeOn: Way = { name: "native passed on", upstream: "passed on", ask: askNative };

export const ways: readonly Way[] = [rest1, rest2, restAway, nativeIn, nativeOn];

interface HttpCall {
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
}

function httpCall(name: string, requests: readonly object[]): HttpCall {
  const [first = {}] = requests as readonly { name?: string }[];
  const { name: thing = "ring", ...rest } = first;
  if (name === "Get") return { method: "GET", path: `/v1/things/${thing}`, body: undefined };
  if (name === "Hello") return { method: "GET", path: "/v1/hello", body: undefined };
  if (name === "Put") {
    return { method: "POST", path: `/v1/things/${thing}`, body: JSON.stringify(rest) };
  }
  if (name === "Look") {
    const query = new URLSearchParams(rest as Record<string, string>);
    return { method: "GET", path: `/v1/look/${thing}?${query}`, body: undefined };
  }
  const lines = requests.map((one) => `${JSON.stringify(one)}\n`).join("");
  return { method: "POST", path: "/v1/fill", body: lines };
}

function askHttp1(
  port: number,
  name: string,
  headers: HeaderList,
  ...requests: object[]
): Promise<Answer> {
  const { method, path, body } = httpCall(name, requests);
  const raw = [...headers.flat(), "host", "vault", "connection", "close"];
  if (body !== undefined) {
    raw.push("content-type", name === "Fill" ? "application/x-ndjson" : "application/json");
    raw.push("content-length", String(Buffer.byteLength(body)));
  }
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: "127.0.0.1", port, method, path, headers: raw });
    sent.on("error", reject);
    sent.on("response", (response: IncomingMessage) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => {
        resolve(httpAnswer(response.statusCode ?? 0, response.headers as never, text));
      });
    });
    sent.end(body);
  });
}

async function askHttp2(
  port: number,
  name: string,
  headers: HeaderList,
  ...requests: object[]
): Promise<Answer> {
  const { method, path, body } = httpCall(name, requests);
  const fields: Record<string, string | string[]> = { ":method": method, ":path": path };
  if (body !== undefined) {
    fields["content-type"] = name === "Fill" ? "application/x-ndjson" : "application/json";
  }
  const { head, bytes } = await exchange(port, fields, headers, body);
  return httpAnswer(Number(head[":status"]), head, bytes.toString());
}

function httpAnswer(status: number, headers: Record<string, string>, text: string): Answer {
  const body = text === "" ? {} : JSON.parse(text);
  const [info] = (body.details ?? []).filter((one: { "@type": string }) =>
    one["@type"].endsWith("/google.rpc.ErrorInfo"),
  );
  return {
    status,
    code: status === 200 ? "OK" : codeName(body.code),
    message: body.message ?? "",
    reason: info?.reason,
    info: info?.metadata ?? {},
    challenge: headers["www-authenticate"],
    seen: status === 200 ? body : undefined,
    text: `${text}${JSON.stringify(headers)}`,
  };
}

const codec = createJsonCodec(vaultSchema.registry, {
  naming: "json",
  emit: "implicit",
  enums: "name",
  unknownFields: "reject",
});

/** A native call with requests as JSON, or as bytes where these are the subject. */
async function askNative(
  port: number,
  name: string,
  headers: HeaderList,
  ...requests: object[]
): Promise<Answer> {
  const method = vaultSchema.services[0]?.methods.find((one) => one.name === name);
  if (method === undefined) throw new Error(name);
  const encode = codec.toWire(method.input);
  const messages = (requests.length === 0 ? [{}] : requests).map((one) => {
    const bytes = one instanceof Uint8Array ? one : encode(one);
    const frame = Buffer.alloc(5);
    frame.writeUInt32BE(bytes.length, 1);
    return Buffer.concat([frame, bytes]);
  });
  const fields = {
    ":method": "POST",
    ":path": method.path,
    "content-type": "application/grpc",
    te: "trailers",
  };
  const { head, trailers, bytes } = await exchange(port, fields, headers, Buffer.concat(messages));
  const end = { ...head, ...trailers };
  const encoded = end[statusDetailsKey];
  const details = encoded ? decodeStatusDetails(Buffer.from(encoded, "base64"))?.details : [];
  const info = errorInfoOf((details ?? []).map((detail) => detailToJson(detail, {})));
  return {
    status: undefined,
    code: codeName(Number(end["grpc-status"])),
    message: decodeURIComponent(end["grpc-message"] ?? ""),
    reason: info?.reason,
    info: info?.metadata ?? {},
    challenge: end["www-authenticate"],
    seen:
      bytes.length === 0
        ? undefined
        : JSON.parse(codec.toJson(method.output)(bytes.subarray(5)).toString()),
    text: JSON.stringify(end),
  };
}

/** One request over an HTTP/2 connection of its own. */
async function exchange(
  port: number,
  fields: Record<string, string | string[]>,
  headers: HeaderList,
  body: string | Buffer | undefined,
): Promise<{
  readonly head: Record<string, string>;
  readonly trailers: Record<string, string>;
  readonly bytes: Buffer;
}> {
  const all: Record<string, string | string[]> = { ...fields };
  for (const [given, value] of headers) {
    const name = given.toLowerCase();
    all[name] = name in all ? [all[name] as string, value].flat() : value;
  }
  const session = http2.connect(`http://127.0.0.1:${port}`);
  try {
    return await new Promise((resolve, reject) => {
      session.on("error", reject);
      const stream = session.request(all);
      let head = {};
      let trailers = {};
      const chunks: Buffer[] = [];
      stream.on("response", (got) => {
        head = got;
      });
      stream.on("trailers", (got) => {
        trailers = got;
      });
      stream.on("data", (chunk) => chunks.push(chunk));
      stream.on("error", reject);
      stream.on("close", () => resolve({ head, trailers, bytes: Buffer.concat(chunks) }));
      stream.end(body);
    });
  } finally {
    session.destroy();
  }
}
