import { credentials, loadPackageDefinition, ServerCredentials } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import { bundledProtoDir } from "grpc-transcoding";
import { echoProto, identityServer, protoLoaderServer } from "./echo-server.ts";

// One target in a process of its own, so that its CPU time is its alone: `tsx target.ts NAME [BACKEND]`.
// Speaks over IPC: sends { port } when ready, answers "cpu" with its CPU time in microseconds.

type Build = (backend: string) => Promise<FastifyInstance>;

const targets: Record<string, Build> = {
  bare: async () => {
    const app = Fastify({ bodyLimit: 8e6 });
    app.post("/v1/small", async (request) => request.body);
    app.post("/v1/rows", async (request) => request.body);
    return app;
  },
  "in-process": async () => gateway(identityServer()),
  // One that looks at every call, as a limiter does, and lets it pass.
  "in-process-policy": async () =>
    gateway(identityServer(), {
      policies: [({ method, headers }) => void (method?.path === headers["x-limited"])],
    }),
  "in-process-proto-loader": async () => gateway(await protoLoaderServer()),
  remote: async (backend) => gateway(backend),
  "remote-grpc-js": async (backend) => gateway({ target: backend, transport: "grpc-js" }),
  naive: async (backend) => naiveGateway(backend),
};

type Options = Parameters<typeof grpcGateway>[1];

async function gateway(upstream: Options["upstream"], options: Partial<Options> = {}) {
  const app = Fastify({ bodyLimit: 8e6 });
  await app.register(grpcGateway, { proto: echoProto, ...options, upstream });
  return app;
}

/** What a Node user writes today: routes by hand over a grpc-js client of proto-loader's definitions. */
async function naiveGateway(backend: string): Promise<FastifyInstance> {
  const definition = loadSync(echoProto, {
    longs: String,
    enums: String,
    defaults: true,
    includeDirs: [bundledProtoDir],
  });
  // biome-ignore lint/suspicious/noExplicitAny: proto-loader's clients have no types.
  const api = loadPackageDefinition(definition) as any;
  const client = new api.bench.v1.Echo(backend, credentials.createInsecure());
  const app = Fastify({ bodyLimit: 8e6 });
  for (const [path, method] of [
    ["/v1/small", "Small"],
    ["/v1/rows", "Rows"],
  ] as const) {
    app.post(
      path,
      (request) =>
        new Promise((resolve, reject) => {
          const deadline = Date.now() + 30_000;
          client[method](request.body, { deadline }, (error: Error | null, value: unknown) =>
            error ? reject(error) : resolve(value),
          );
        }),
    );
  }
  return app;
}

function serveBackend(): void {
  const server = identityServer();
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.send?.({ port });
  });
}

const [name = "", backend = ""] = process.argv.slice(2);
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicros: user + system });
});
process.on("disconnect", () => process.exit());
if (name === "backend") serveBackend();
else {
  const app = await (targets[name] as Build)(backend);
  await app.listen({ port: 0, host: "127.0.0.1" });
  process.send?.({ port: (app.server.address() as { port: number }).port });
}
