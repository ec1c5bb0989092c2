import { Readable } from "node:stream";
import {
  Server,
  ServerCredentials,
  type ServerReadableStream,
  type ServerWritableStream,
} from "@grpc/grpc-js";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway, { type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import { lines, messages, streamProto } from "./changes.ts";

// One target in a process of its own, so that its CPU time is its alone: `tsx stream-target.ts NAME [BACKEND]`.
// Speaks over IPC: sends { port } when ready, answers "cpu" with its CPU time in microseconds.

/** Sends and takes bytes without looking at them, so that only the gateway is measured. */
function identityServer(): Server {
  const server = new Server();
  const bytes = messages();
  const same = (one: Buffer): Buffer => one;
  server.register(
    "/bench.v1.Streams/Watch",
    (call: ServerWritableStream<Buffer, Buffer>) => {
      for (const one of bytes) call.write(one);
      call.end();
    },
    same,
    same,
    "serverStream",
  );
  server.register(
    "/bench.v1.Streams/Load",
    (call: ServerReadableStream<Buffer, Buffer>, respond: (error: null, value: Buffer) => void) => {
      let count = 0;
      call.on("data", () => {
        count += 1;
      });
      call.on("end", () => respond(null, Buffer.from([8, 0x80 | (count & 127), count >> 7])));
    },
    same,
    same,
    "clientStream",
  );
  return server;
}

/** The same bytes each way without a gateway: a chunk for each message, JSON.parse for each line. */
function bare(): FastifyInstance {
  const app = Fastify();
  const chunks = lines.map((line) => Buffer.concat([line, Buffer.from("\n")]));
  app.get("/v1/changes", (_request, reply) =>
    reply.type("application/x-ndjson").send(Readable.from(chunks)),
  );
  app.addContentTypeParser("application/x-ndjson", { parseAs: "string" }, (_request, body, done) =>
    done(null, body),
  );
  app.post("/v1/changes", async (request) => {
    let count = 0;
    for (const line of (request.body as string).split("\n")) {
      if (line !== "" && JSON.parse(line) !== null) count += 1;
    }
    return { count };
  });
  return app;
}

async function gateway(upstream: FastifyGrpcGatewayOptions["upstream"]): Promise<FastifyInstance> {
  const app = Fastify();
  await app.register(grpcGateway, { proto: streamProto, upstream });
  return app;
}

const targets: Readonly<
  Record<string, (backend: string) => FastifyInstance | Promise<FastifyInstance>>
> = {
  bare,
  "in-process": () => gateway(identityServer()),
  remote: gateway,
};

const [name = "", backend = ""] = process.argv.slice(2);
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicros: user + system });
});
process.on("disconnect", () => process.exit());
if (name === "backend") {
  identityServer().bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.send?.({ port });
  });
} else {
  const app = await (targets[name] as (typeof targets)[string])(backend);
  await app.listen({ port: 0, host: "127.0.0.1" });
  process.send?.({ port: (app.server.address() as { port: number }).port });
}
