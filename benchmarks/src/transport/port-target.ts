import { ServerCredentials } from "@grpc/grpc-js";
import Fastify, { type FastifyInstance } from "fastify";
import { attachGrpcServer } from "fastify-grpc-gateway";
import { byteServer } from "./byte-service.ts";

// One server in a process of its own: `tsx port-target.ts NAME`. Over IPC it sends { port } when it is
// ready and answers each message with its CPU time in microseconds.

const apps: Readonly<Record<string, () => FastifyInstance>> = {
  bare: () => Fastify(),
  plain: () => split(Fastify()),
  http2: () => split(Fastify({ http2: true }) as never),
};

function split(app: FastifyInstance): FastifyInstance {
  attachGrpcServer(app, { name: "bench", server: byteServer() });
  return app;
}

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicros: user + system });
});
process.on("disconnect", () => process.exit());

const [name = ""] = process.argv.slice(2);
const create = apps[name];
if (create === undefined) {
  byteServer().bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.send?.({ port });
  });
} else {
  const app = create();
  app.get("/", async () => ({ ok: true }));
  await app.listen({ port: 0, host: "127.0.0.1" });
  process.send?.({ port: (app.server.address() as { port: number }).port });
}
