import http2 from "node:http2";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import {
  Client,
  credentials,
  Metadata,
  type Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
} from "@grpc/grpc-js";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway, { createServer, type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import { Code, codeName } from "grpc-transcoding";

export const guardProto: string = fileURLToPath(new URL("../proto-guard", import.meta.url));

type Call = ServerUnaryCall<unknown, unknown>;

/** A server whose every method answers who is calling by its metadata. */
export function guardedServer(): Promise<Server> {
  const whoAmI = (call: Call, callback: sendUnaryData<{ user: string }>): void => {
    const values = ["x-user", "grpcgateway-x-user"].flatMap((key) => call.metadata.get(key));
    callback(null, { user: values.join(" and ") });
  };
  return createServer({
    proto: guardProto,
    services: {
      "guard.v1.Guarded": { WhoAmI: whoAmI, Unbound: whoAmI },
      "guard.v1.Hidden": { WhoAmI: whoAmI },
    },
  });
}

async function bound(t: TestContext, server: Server): Promise<string> {
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  t.after(() => server.forceShutdown());
  return `127.0.0.1:${port}`;
}

export interface GuardedAppOptions {
  readonly upstream: "in-process" | "passed on";
  readonly gateway?: Partial<FastifyGrpcGatewayOptions>;
  /** Adds hooks before the gateway. */
  readonly hooks?: (app: FastifyInstance) => void;
}

/** An app in front of the guarded server, with a hand-written route in its table. */
export async function guardedApp(
  t: TestContext,
  { upstream, gateway, hooks }: GuardedAppOptions,
): Promise<{ readonly app: FastifyInstance; readonly port: number }> {
  const app = Fastify();
  t.after(() => app.close());
  hooks?.(app);
  const server = await guardedServer();
  await app.register(grpcGateway, {
    proto: guardProto,
    upstream: upstream === "in-process" ? server : await bound(t, server),
    ...gateway,
  });
  app.grpcGateway().handlePath("GET", "/v1/files/{name}", async (request) => {
    return { user: String(request.headers["x-user"] ?? "") };
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { app, port: (app.server.address() as { port: number }).port };
}

/** What a client learns: who the service takes it for, or the HTTP status or gRPC code of a refusal. */
export type Outcome = string;

/** Calls one target of the app with request headers. */
export type Ask = (headers: Readonly<Record<string, string>>) => Promise<Outcome>;

/** Asks by HTTP/1.1. */
export function askHttp1(port: number, path: string): Ask {
  return async (headers) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    return response.ok
      ? ((await response.json()) as { user: string }).user
      : String(response.status);
  };
}

/** Asks by HTTP/2. */
export function askHttp2(t: TestContext, port: number, path: string): Ask {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  t.after(() => session.destroy());
  return (headers) =>
    new Promise((resolve, reject) => {
      let status = 0;
      let text = "";
      session
        .request({ ":path": path, ...headers })
        .on("response", (head) => {
          status = Number(head[":status"]);
        })
        .on("data", (chunk) => {
          text += chunk;
        })
        .on("error", reject)
        .on("end", () => resolve(status === 200 ? JSON.parse(text).user : String(status)));
    });
}

const bytes = (buffer: Buffer): Buffer => buffer;

/** Asks by native gRPC. */
export function askNative(t: TestContext, port: number, path: string): Ask {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  t.after(() => client.close());
  return (headers) => {
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(headers)) metadata.set(key, value);
    return new Promise((resolve) => {
      client.makeUnaryRequest(path, bytes, bytes, Buffer.alloc(0), metadata, (error, value) => {
        if (error) resolve(codeName(error.code ?? Code.UNKNOWN));
        // message Caller { string user = 1; }
        else resolve(value?.subarray(2).toString() ?? "");
      });
    });
  };
}
