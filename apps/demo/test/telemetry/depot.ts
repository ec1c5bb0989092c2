import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import {
  Client,
  credentials,
  type Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from "@grpc/grpc-js";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import grpcGateway, { createServer, type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";

export const depotProto: string = fileURLToPath(new URL("./proto", import.meta.url));

/** A message of the depot. */
export interface Thing {
  readonly name: string;
}

/** What the depot does; by default it gives back what it is sent. */
export interface DepotHandlers {
  readonly get?: (call: ServerUnaryCall<Thing, Thing>, callback: sendUnaryData<Thing>) => void;
  readonly watch?: (call: ServerWritableStream<Thing, Thing>) => void;
  readonly put?: (call: ServerReadableStream<Thing, Thing>, callback: sendUnaryData<Thing>) => void;
  readonly talk?: (call: ServerDuplexStream<Thing, Thing>) => void;
}

const defaults: Required<DepotHandlers> = {
  get: ({ request }, callback) => callback(null, request),
  watch(call) {
    call.write(call.request);
    call.write(call.request);
    call.end();
  },
  put(call, callback) {
    const names: string[] = [];
    call.on("data", ({ name }) => names.push(name));
    call.on("end", () => callback(null, { name: names.join("+") }));
  },
  talk(call) {
    call.on("data", (thing) => call.write(thing));
    call.on("end", () => call.end());
  },
};

export function depotServer(handlers: DepotHandlers = {}): Promise<Server> {
  const { get, watch, put, talk } = { ...defaults, ...handlers };
  return createServer({
    proto: depotProto,
    services: { "depot.v1.Depot": { Get: get, Watch: watch, Put: put, Talk: talk } },
  });
}

/** A way to the depot; a further transport joins by a line. */
export type Way = (
  t: TestContext,
  server: Server,
) => Promise<FastifyGrpcGatewayOptions["upstream"]>;

/** How calls can reach the depot. */
export const ways: Readonly<Record<string, Way>> = {
  "in-process": async (_t, server) => server,
  "grpc-js channel": async (t, server) => ({
    target: await boundServer(t, server),
    transport: "grpc-js",
  }),
  "own HTTP/2 client": boundServer,
};

async function boundServer(t: TestContext, server: Server): Promise<string> {
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  t.after(() => server.forceShutdown());
  return `127.0.0.1:${port}`;
}

export interface DepotOptions extends DepotHandlers {
  readonly way?: Way | undefined;
  readonly gateway?: Partial<FastifyGrpcGatewayOptions>;
  /** Registers plugins and hooks before the gateway. */
  readonly before?: (app: FastifyInstance) => unknown;
  readonly after?: (app: FastifyInstance) => unknown;
  readonly fastify?: FastifyServerOptions;
}

/** An app in front of the depot, listening. */
export async function depotApp(
  t: TestContext,
  {
    way = ways["in-process"] as Way,
    gateway,
    before,
    after,
    fastify,
    ...handlers
  }: DepotOptions = {},
): Promise<{ readonly app: FastifyInstance; readonly port: number }> {
  const app = Fastify(fastify ?? {});
  t.after(() => app.close());
  await before?.(app);
  await app.register(grpcGateway, {
    proto: depotProto,
    upstream: await way(t, await depotServer(handlers)),
    ...gateway,
  });
  await after?.(app);
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { app, port: (app.server.address() as AddressInfo).port };
}

/** A client of native gRPC, which sees refusals as they are. Closes with the test. */
export function nativeClient(t: TestContext, port: number): Client {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    "grpc.enable_retries": 0,
  });
  t.after(() => client.close());
  return client;
}

/** The bytes of a thing: field 1. */
export function thingBytes(name: string): Buffer {
  return Buffer.concat([Buffer.from([0x0a, name.length]), Buffer.from(name)]);
}

/** Neither encodes nor decodes. */
export const asBytes = (bytes: Buffer): Buffer => bytes;
