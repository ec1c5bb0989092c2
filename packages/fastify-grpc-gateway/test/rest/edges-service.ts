import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { Metadata } from "@grpc/grpc-js";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway, { createServer, type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";

const edgesProto = fileURLToPath(new URL("./edges", import.meta.url));

/** The service of a test: what it answers, and what it was asked. */
export class Edges {
  readonly asked: Record<string, unknown>[] = [];
  messages: readonly object[] = [{}];
  metadata: Readonly<Record<string, string>> = {};
}

interface Call {
  readonly request: Record<string, unknown>;
  sendMetadata(metadata: Metadata): void;
  write(message: object): void;
  end(): void;
}

/** An app with a gateway to the service, closed after the test. `prepare` adds what has to be there before. */
export async function edgesApp(
  t: TestContext,
  edges: Edges,
  options: Partial<FastifyGrpcGatewayOptions> = {},
  prepare: (app: FastifyInstance) => unknown = () => {},
): Promise<FastifyInstance> {
  const begin = (call: Call): void => {
    edges.asked.push(call.request);
    const sent = new Metadata();
    for (const [key, value] of Object.entries(edges.metadata)) sent.add(key, value);
    call.sendMetadata(sent);
  };
  const one = (call: Call, respond: (error: null, message?: object) => void): void => {
    begin(call);
    respond(null, edges.messages[0]);
  };
  const many = (call: Call): void => {
    begin(call);
    for (const message of edges.messages) call.write(message);
    call.end();
  };
  const unary = ["File", "Inner", "Anywhere", "Read", "Change", "Find"];
  const handlers = Object.fromEntries(unary.map((name) => [name, one]));
  const upstream = await createServer({
    proto: edgesProto,
    services: { "edges.v1.Edges": { ...handlers, Watch: many, Download: many } as never },
  });
  const app = Fastify();
  t.after(() => app.close());
  await prepare(app);
  await app.register(grpcGateway, { proto: edgesProto, upstream, ...options });
  return app;
}
