import type { TestContext } from "node:test";
import type { Server } from "@grpc/grpc-js";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway, { createServer, type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import { type Ask, askHttp1, askHttp2, askNative, guardProto } from "../guard/guarded-app.ts";

export { guardProto } from "../guard/guarded-app.ts";

export const whoAmI = "/guard.v1.Guarded/WhoAmI";

/** A server with the guarded API whose every method answers a name. */
export function namedServer(name: string): Promise<Server> {
  const answer = (_call: unknown, callback: (error: null, value: { user: string }) => void) =>
    callback(null, { user: name });
  return createServer({
    proto: guardProto,
    services: {
      "guard.v1.Guarded": { WhoAmI: answer, Unbound: answer },
      "guard.v1.Hidden": { WhoAmI: answer },
    },
  });
}

export interface TenantApp {
  readonly app: FastifyInstance;
  readonly port: number;
  /** Clients of REST by HTTP/1.1 and HTTP/2, and of native gRPC, by protocol. */
  asks(path: string, nativePath?: string): Readonly<Record<string, Ask>>;
}

/** By header, unless told otherwise. */
export const byHeader: NonNullable<FastifyGrpcGatewayOptions["tenant"]> = ({ headers }) =>
  headers["x-tenant"] as string | undefined;

/** What an app has beside its gateway. */
export interface Surroundings {
  /** Runs before the gateway is registered: for hooks. */
  readonly before?: (app: FastifyInstance) => unknown;
  /** Runs once the gateway is registered, before the app is ready. */
  readonly after?: (app: FastifyInstance) => unknown;
  readonly log?: (line: string) => void;
}

/** An app whose gateway serves the guarded API by a server named "own". */
export async function tenantApp(
  t: TestContext,
  options: Partial<FastifyGrpcGatewayOptions> = {},
  { before, after, log }: Surroundings = {},
): Promise<TenantApp> {
  const app = Fastify(log === undefined ? {} : { logger: { stream: { write: log } } });
  t.after(() => app.close());
  await before?.(app);
  await app.register(grpcGateway, {
    proto: guardProto,
    upstream: options.upstream ?? (await namedServer("own")),
    tenant: byHeader,
    ...options,
  });
  await after?.(app);
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as { port: number };
  return {
    app,
    port,
    asks: (path, nativePath = whoAmI) => ({
      http1: askHttp1(port, path),
      http2: askHttp2(t, port, path),
      native: askNative(t, port, nativePath),
    }),
  };
}
