import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import {
  type Metadata,
  type Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from "@grpc/grpc-js";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway, { createServer, type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import type { Upstream } from "../../src/transport/upstream.ts";

export const feedProto: string = fileURLToPath(new URL("./proto", import.meta.url));

export interface Ask {
  readonly group: string;
  readonly after: string;
}

export interface Change {
  readonly place?: { readonly revision: number };
  readonly kind?: string;
  readonly wait?: { readonly seconds?: number; readonly nanos?: number };
  readonly label?: string;
}

/** A stream of changes, as its handler has it. */
export type FeedCall = ServerWritableStream<Ask, Change>;

/** What the service was asked, and what its streams do. */
export class FeedLog {
  readonly asks: Ask[] = [];
  readonly metadata: Metadata[] = [];
  /** Milliseconds that each call had left when it came. */
  readonly timesLeft: number[] = [];
  /** What a stream does. */
  run: (call: FeedCall) => void = (call) => call.end();
  /** What the one call answers; it does not where there is none. */
  answer:
    | ((call: ServerUnaryCall<Ask, Change>, respond: sendUnaryData<Change>) => void)
    | undefined;
  readonly #waiting: (() => void)[] = [];

  add(call: ServerUnaryCall<Ask, Change> | FeedCall): void {
    this.asks.push(call.request);
    this.metadata.push(call.metadata);
    this.timesLeft.push(Number(call.getDeadline()) - Date.now());
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Resolves once so many calls have come. */
  async reached(count: number): Promise<void> {
    while (this.asks.length < count) await new Promise<void>((wake) => this.#waiting.push(wake));
  }
}

/** A server of this process with the service of feed.v1. */
export function feedServer(log: FeedLog): Promise<Server> {
  const stream = (call: FeedCall): void => {
    log.add(call);
    log.run(call);
  };
  const handlers = {
    Watch: stream,
    Follow: stream,
    Get(call: ServerUnaryCall<Ask, Change>, respond: sendUnaryData<Change>) {
      log.add(call);
      log.answer?.(call, respond);
    },
  };
  return createServer({ proto: feedProto, services: { "feed.v1.Feed": handlers as never } });
}

/** The target of the same service on a port of its own. */
export async function remoteFeed(t: TestContext, log: FeedLog): Promise<string> {
  const server = await feedServer(log);
  t.after(() => server.forceShutdown());
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return `127.0.0.1:${port}`;
}

/** An app with a gateway to the feed, which is closed after the test. */
export async function feedApp(
  t: TestContext,
  log: FeedLog,
  options: Partial<FastifyGrpcGatewayOptions> = {},
  prepare: (app: FastifyInstance) => unknown = () => {},
): Promise<FastifyInstance> {
  const app = Fastify();
  t.after(() => app.close());
  await prepare(app);
  const upstream: Upstream = options.upstream ?? (await feedServer(log));
  await app.register(grpcGateway, { proto: feedProto, ...options, upstream });
  return app;
}
