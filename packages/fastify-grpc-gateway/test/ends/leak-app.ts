import type { EventEmitter } from "node:events";
import type { Http2ServerRequest } from "node:http2";
import { type Server, ServerCredentials } from "@grpc/grpc-js";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import { Code, StatusError } from "grpc-transcoding";
import { KindsService, kindsProto } from "./kinds-service.ts";

/** An app, its service, and all that a test may count in them. */
export interface LeakApp extends LeakAppOptions {
  readonly app: FastifyInstance;
  readonly port: number;
  readonly service: KindsService;
  /** The server's end of every connection that is open: sockets, and sessions of HTTP/2. */
  readonly connections: ReadonlySet<EventEmitter>;
  /** How many calls wait in a hook. */
  readonly heldByHook: number;
  close(): Promise<void>;
}

export interface LeakAppOptions {
  /** Whether the service is behind a socket of its own. */
  readonly isRemote: boolean;
  /** Whether calls pass hooks and a policy. */
  readonly isGuarded: boolean;
}

/** The four apps, by their names. */
export const leakApps: Readonly<Record<string, LeakAppOptions>> = {
  "in-process, straight": { isRemote: false, isGuarded: false },
  "in-process, through hooks and a policy": { isRemote: false, isGuarded: true },
  "passed on, straight": { isRemote: true, isGuarded: false },
  "passed on, through hooks and a policy": { isRemote: true, isGuarded: true },
};

/** Starts an app whose every connection can be looked at: one of HTTP/2, which takes HTTP/1.1 as well. */
export async function startLeakApp({ isRemote, isGuarded }: LeakAppOptions): Promise<LeakApp> {
  const service = new KindsService();
  const server = await service.server;
  const app = Fastify({ http2: true }) as unknown as FastifyInstance;
  const connections = new Set<EventEmitter>();
  for (const event of ["connection", "session"]) {
    app.server.on(event, (connection: EventEmitter) => {
      connections.add(connection);
      connection.once("close", () => connections.delete(connection));
    });
  }
  const held = new Set<object>();
  if (isGuarded) guard(app, held);
  const policy = ({ headers }: { readonly headers: Readonly<Record<string, unknown>> }) => {
    if (headers["x-refuse"] === "policy") throw new StatusError(Code.PERMISSION_DENIED, "no");
  };
  await app.register(grpcGateway, {
    proto: kindsProto,
    upstream: isRemote ? await bound(server) : server,
    ...(isGuarded && { policies: [policy as never] }),
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  return {
    app,
    port: (app.server.address() as { port: number }).port,
    service,
    isRemote,
    isGuarded,
    connections,
    get heldByHook() {
      return held.size;
    },
    async close() {
      await app.close();
      server.forceShutdown();
    },
  };
}

function guard(app: FastifyInstance, held: Set<object>): void {
  app.addHook("onRequest", async ({ headers }) => {
    if (headers["x-refuse"] !== "hook") return;
    throw Object.assign(new Error("who are you?"), { statusCode: 401 });
  });
  // Goes on only when the client has gone.
  app.addHook("preHandler", async ({ headers, raw }) => {
    if (headers["x-hold"] === undefined) return;
    held.add(raw);
    const connection: EventEmitter =
      "stream" in raw ? (raw as unknown as Http2ServerRequest).stream : raw.socket;
    // A client that goes within its body may leave by an error.
    await new Promise((resolve) => connection.once("close", resolve));
    held.delete(raw);
  });
  app.addHook("onResponse", async () => {});
}

function bound(server: Server): Promise<string> {
  return new Promise((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(`127.0.0.1:${port}`),
    ),
  );
}
