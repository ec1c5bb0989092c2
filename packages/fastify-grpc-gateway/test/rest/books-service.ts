import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import {
  Metadata,
  type Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
} from "@grpc/grpc-js";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway, { createServer, type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";

export const booksProto: string = fileURLToPath(new URL("./proto", import.meta.url));

/** A request as handlers get it, by names of proto-loader. */
export interface Asked {
  readonly name: string;
  readonly etag: string;
  readonly tier: number;
  readonly session: string;
  readonly options: { readonly language: string; readonly level: number } | null;
  readonly book: { readonly title: string; readonly etag: string } | null;
}

/** What the service answers. */
export interface Answer {
  readonly message?: object;
  readonly metadata?: Readonly<Record<string, string | readonly string[]>>;
  readonly failure?: { readonly code: number; readonly details: string };
}

/** The service of a test: what it answers, and what it was asked. */
export class BookStore {
  readonly asked: Asked[] = [];
  /** The methods that were called. */
  readonly called: string[] = [];
  answer: Answer = {};

  readonly handle = (
    call: ServerUnaryCall<Asked, object>,
    respond: sendUnaryData<object>,
  ): void => {
    this.asked.push(call.request);
    this.called.push(call.getPath().split("/").at(-1) ?? "");
    const { message = {}, metadata = {}, failure } = this.answer;
    const sent = new Metadata();
    for (const [key, values] of Object.entries(metadata)) {
      for (const value of [values].flat()) sent.add(key, value);
    }
    call.sendMetadata(sent);
    respond(failure ?? null, message);
  };
}

const methods = [
  "CreateBook",
  "GetBook",
  "UpdateBook",
  "DeleteBook",
  "Ask",
  "Plain",
  "ListBooks",
  "ExportBooks",
  "ImportBook",
  "ImportFile",
];

/** Where the calls of a test go. */
export type Way = "in-process" | "remote";
export const ways: readonly Way[] = ["in-process", "remote"];

/** An app with a gateway to the store, closed after the test. */
export async function booksApp(
  t: TestContext,
  store: BookStore,
  way: Way = "in-process",
  options: Partial<FastifyGrpcGatewayOptions> = {},
): Promise<FastifyInstance> {
  const handlers = Object.fromEntries(methods.map((name) => [name, store.handle]));
  const server = await createServer({
    proto: booksProto,
    services: { "rest.v1.Books": handlers as never },
  });
  const app = Fastify();
  t.after(() => app.close());
  const upstream = way === "remote" ? await bound(t, server) : server;
  await app.register(grpcGateway, { proto: booksProto, upstream, ...options });
  return app;
}

async function bound(t: TestContext, server: Server): Promise<string> {
  t.after(() => server.forceShutdown());
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, number) =>
      error ? reject(error) : resolve(number),
    );
  });
  return `127.0.0.1:${port}`;
}
