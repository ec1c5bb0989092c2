import type { ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { ServerCredentials } from "@grpc/grpc-js";
import grpcGateway from "fastify-grpc-gateway";
import { portSplit } from "../../src/one-port/port-split.ts";
import { plain, serverShapes } from "../one-port/server-shapes.ts";
import { attackedProto, attackedService } from "./attacked-service.ts";
import { bareServer } from "./bare-server.ts";
import type { ProcessTarget, ServerSpec } from "./server-protocol.ts";

// nghttp2 ends a connection for some attacks, and Node 20 then leaves its socket unread, so that it does not see the
// client go; the idle limit ends it. Short, so that a test can see what is left.
const sessionIdleMs = 1_000;

/** Starts what the specification asks for. */
export function startTarget(spec: ServerSpec): Promise<ProcessTarget> {
  if (spec.kind === "bare") return bareServer();
  return spec.kind === "service" ? boundService() : gatewayApp(spec);
}

async function boundService(): Promise<ProcessTarget> {
  const open = { count: 0 };
  const server = await attackedService(open);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return {
    port,
    http1Port: port,
    live: () => ({ http2Sessions: 0, grpcStreams: 0, undecidedSockets: 0, calls: open.count }),
  };
}

async function gatewayApp({
  shape,
  upstream,
}: Extract<ServerSpec, { kind: "gateway" }>): Promise<ProcessTarget> {
  const open = { count: 0 };
  const app = (serverShapes.find(({ name }) => name === shape) ?? plain).create();
  await app.register(grpcGateway, {
    proto: attackedProto,
    upstream: upstream ?? (await attackedService(open)),
    onePort: { sessionIdleMs },
  });
  const { gauges } = portSplit(app);
  // Where the app has a server of HTTP/2 of its own, Fastify sets the limit.
  app.server.on("session", (session: ServerHttp2Session) => session.setTimeout(sessionIdleMs));
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  return {
    port,
    http1Port: port,
    live: () => ({
      http2Sessions: gauges.http2Sessions,
      grpcStreams: gauges.grpcStreams,
      undecidedSockets: gauges.undecidedSockets,
      calls: open.count,
    }),
    async reload(times) {
      for (let i = 0; i < times; i++) await app.grpcGateway().reload();
    },
    close: () => app.close(),
  };
}
