import { createHash } from "node:crypto";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import {
  type Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerWritableStream,
  type sendUnaryData,
} from "@grpc/grpc-js";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import grpcGateway, { createServer, type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";
import type { Upstream } from "../../src/transport/upstream.ts";

export const streamsProto: string = fileURLToPath(new URL("./proto", import.meta.url));

export interface Part {
  readonly group?: string;
  readonly number: number;
  readonly text?: string;
  readonly failCode?: number;
}

interface HttpBody {
  readonly contentType: string;
  readonly data: Buffer;
}

interface File {
  readonly name: string;
  readonly size: string;
  readonly chunk: number;
  readonly content: HttpBody | null;
}

/** What the handlers of the streams have seen, for tests to look at and to wait for. */
export class StreamsLog {
  readonly events: string[] = [];
  bytes = 0;
  readonly #waiting: (() => void)[] = [];

  add(event: string): void {
    this.events.push(event);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Resolves once the event has been logged. */
  async seen(event: string): Promise<void> {
    while (!this.events.includes(event)) {
      await new Promise<void>((wake) => this.#waiting.push(wake));
    }
  }
}

/** A server of this process with the service of streams.v1. */
export function streamsServer(log: StreamsLog = new StreamsLog()): Promise<Server> {
  return createServer({
    proto: streamsProto,
    services: { "streams.v1.Streams": handlers(log) as never },
  });
}

function handlers(log: StreamsLog): Record<string, (...args: never[]) => void> {
  return {
    async Count(call: ServerWritableStream<Required<Part>, Part>) {
      call.on("cancelled", () => log.add("cancelled"));
      const { group, number, text, failCode } = call.request;
      for (let i = 1; i <= number && !call.cancelled; i++) {
        if (!call.write({ group, number: i, text })) await once(call, "drain").catch(() => {});
      }
      if (failCode === 0) call.end();
      else call.emit("error", { code: failCode, details: "counted out" });
    },
    Sum(call: ServerReadableStream<Required<Part>, object>, respond: sendUnaryData<object>) {
      const parts: Required<Part>[] = [];
      call.on("cancelled", () => log.add("cancelled"));
      call.on("data", (part: Required<Part>) => {
        parts.push(part);
        log.add(`part ${part.number}`);
        if (part.failCode !== 0) respond({ code: part.failCode, details: "not this one" });
      });
      call.on("end", () => {
        log.add("end");
        const sum = parts.reduce((before, { number }) => before + number, 0);
        respond(null, { count: parts.length, sum, groups: parts.map(({ group }) => group) });
      });
    },
    Chat(call: ServerDuplexStream<Required<Part>, Part>) {
      call.on("cancelled", () => log.add("cancelled"));
      call.on("data", (part: Required<Part>) => {
        log.add(`part ${part.number}`);
        if (part.failCode === 0) call.write(part);
        else call.emit("error", { code: part.failCode, details: "no more" });
      });
      call.on("end", () => {
        log.add("end");
        call.end();
      });
    },
    Upload(call: ServerReadableStream<HttpBody, object>, respond: sendUnaryData<object>) {
      receive(call, log, (message) => message, respond);
    },
    UploadNamed(call: ServerReadableStream<File, object>, respond: sendUnaryData<object>) {
      receive(call, log, ({ content }) => content ?? undefined, respond);
    },
    async Download(call: ServerWritableStream<File, HttpBody>) {
      call.on("cancelled", () => log.add("cancelled"));
      const { size, chunk } = call.request;
      for (let at = 0; at < Number(size) && !call.cancelled; at += chunk) {
        const data = Buffer.alloc(Math.min(chunk, Number(size) - at), at % 251);
        log.bytes += data.length;
        const message = { contentType: at === 0 ? "image/png" : "", data };
        if (!call.write(message)) await once(call, "drain").catch(() => {});
      }
      call.end();
    },
  };
}

function receive<Message extends object>(
  call: ServerReadableStream<Message, object>,
  log: StreamsLog,
  bodyOf: (message: Message) => HttpBody | undefined,
  respond: sendUnaryData<object>,
): void {
  const hash = createHash("sha256");
  let count = 0;
  let sum = 0;
  let first: Message | undefined;
  call.on("cancelled", () => log.add("cancelled"));
  call.on("data", (message: Message) => {
    first ??= message;
    const data = bodyOf(message)?.data ?? Buffer.alloc(0);
    count += 1;
    sum += data.length;
    log.bytes += data.length;
    hash.update(data);
  });
  call.on("end", () => {
    log.add("end");
    const { name = "" } = (first ?? {}) as Partial<File>;
    const contentType = first === undefined ? "" : (bodyOf(first)?.contentType ?? "");
    respond(null, { count, sum, contentType, name, sha256: hash.digest("hex") });
  });
}

/** Where the calls of a test go: to handlers of this process, or to a server elsewhere. */
export const upstreams: Readonly<
  Record<"in-process" | "remote", (t: TestContext, log: StreamsLog) => Promise<Upstream>>
> = {
  "in-process": (_t, log) => streamsServer(log),
  async remote(t, log) {
    const server = await streamsServer(log);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    t.after(() => server.forceShutdown());
    return `127.0.0.1:${port}`;
  },
};

/** An app with a gateway to the streams, closed after the test. */
export async function streamsApp(
  t: TestContext,
  upstream: Upstream,
  options: Partial<FastifyGrpcGatewayOptions> = {},
  server: FastifyServerOptions = {},
): Promise<FastifyInstance> {
  const app = Fastify(server);
  t.after(() => app.close());
  await app.register(grpcGateway, { proto: streamsProto, upstream, ...options });
  return app;
}
