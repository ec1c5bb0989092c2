import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { Server, ServerOptions } from "@grpc/grpc-js";
import type { FastifyInstance } from "fastify";
import { type ProbeLog, probeServer } from "grpc-transcoding/testing";
import type { AttachedGrpcServer } from "../../src/native/attach-grpc-server.ts";
import { attachGrpcServer } from "../../src/native/attach-grpc-server.ts";
import type { PortSplitOptions } from "../../src/one-port/port-split.ts";
import { createChannelTransport } from "../../src/transport/channel.ts";
import { channelTo, type ServerShape } from "./server-shapes.ts";

/** An app with REST routes and a gRPC server on one port. */
export interface SplitApp {
  readonly app: FastifyInstance;
  readonly port: number;
  readonly server: Server;
  readonly log: ProbeLog;
}

export interface SplitAppOptions {
  readonly server?: Server;
  readonly serverOptions?: ServerOptions;
  readonly attach?: Partial<AttachedGrpcServer>;
  readonly split?: PortSplitOptions;
  /** Adds routes before the app listens. */
  readonly routes?: (app: FastifyInstance) => void;
}

export async function startApp(
  t: TestContext,
  shape: ServerShape,
  options: SplitAppOptions = {},
): Promise<SplitApp> {
  const app = shape.create();
  const probe = probeServer(options.serverOptions);
  const server = options.server ?? probe.server;
  attachGrpcServer(app, { name: "probe", server, ...options.attach }, options.split);
  app.get("/version", async (request) => ({ version: request.raw.httpVersion }));
  app.post("/echo", async (request) => ({ body: request.body, ip: request.ip }));
  options.routes?.(app);
  t.after(() => app.close());
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { app, server, log: probe.log, port: (app.server.address() as AddressInfo).port };
}

/** A grpc-js channel to an app's port. */
export function transportTo(
  t: TestContext,
  shape: Pick<ServerShape, "secure">,
  port: number,
  limits: object = {},
) {
  const transport = createChannelTransport(`127.0.0.1:${port}`, {
    ...channelTo(shape),
    ...limits,
  });
  t.after(() => transport.close?.());
  return transport;
}
