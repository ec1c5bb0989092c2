import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import grpcGateway, { type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import { loadSchema } from "grpc-transcoding";
import { CallsLog, callsProto, callsServer } from "./calls-service.ts";

const schema = loadSchema({ proto: callsProto });

/** An app in front of the service of calls.v1, which runs in this process. */
export interface CallsApp {
  readonly app: FastifyInstance;
  readonly port: number;
  readonly log: CallsLog;
}

export interface CallsAppOptions {
  readonly server?: FastifyServerOptions;
  readonly gateway?: Partial<FastifyGrpcGatewayOptions>;
  /** Adds hooks before the gateway. */
  readonly hooks?: (app: FastifyInstance) => void;
}

/** Listens, and closes after the test. */
export async function callsApp(
  t: TestContext,
  { server = {}, gateway, hooks }: CallsAppOptions = {},
): Promise<CallsApp> {
  const log = new CallsLog();
  const app = Fastify(server);
  t.after(() => app.close());
  hooks?.(app);
  await app.register(grpcGateway, {
    schema: await schema,
    upstream: await callsServer(log),
    headers: { request: { allow: ["x-now"] } },
    closeGraceMs: 50,
    ...gateway,
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { app, log, port: (app.server.address() as AddressInfo).port };
}
