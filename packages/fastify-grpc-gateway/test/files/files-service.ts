import { once } from "node:events";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import {
  Metadata,
  type Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway, { createServer, type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";

export const filesProto: string = fileURLToPath(new URL("./proto", import.meta.url));

/** A google.api.HttpBody as the handlers take and give it. */
export interface HttpBody {
  readonly contentType?: string;
  readonly data?: Buffer;
  readonly extensions?: readonly object[];
}

/** The content type of what the service fails to convert, behind its first part. */
export const failingType = "application/x-failing";

/** What the service answers for a name. */
export interface StoredFile {
  readonly parts: Iterable<HttpBody>;
  readonly metadata?: Readonly<Record<string, string>>;
  /** How the call ends behind its parts, unless well. */
  readonly failure?: {
    readonly code: number;
    readonly details: string;
    readonly metadata?: Metadata;
  };
  /** Whether the service reads `range`. */
  readonly hasRanges?: boolean;
}

/** The files of a test, by name, and what the handlers have been asked. */
export class FileStore {
  readonly files = new Map<string, StoredFile>();
  /** The metadata of each call. */
  readonly asked: Metadata[] = [];
  /** Tells that a stream has been cancelled. */
  onCancelled: () => void = () => {};

  /** Resolves when the next stream is cancelled, or has been. */
  readonly cancelled: Promise<void> = new Promise((resolve) => {
    this.onCancelled = resolve;
  });

  /** What is answered for a name and a range. Throws what a handler answers as its failure. */
  open(name: string, metadata: Metadata): StoredFile {
    this.asked.push(metadata);
    const file = this.files.get(name);
    if (file === undefined) throw { code: status.NOT_FOUND, details: `no file ${name}` };
    const [range] = metadata.get("range");
    if (!file.hasRanges || range === undefined) return file;
    const whole = Buffer.concat([...file.parts].map(({ data }) => data ?? Buffer.alloc(0)));
    const [, from, last] = /^bytes=(\d+)-(\d*)$/.exec(String(range)) ?? [];
    if (from === undefined || Number(from) >= whole.length) {
      const trailers = new Metadata();
      trailers.set("content-range", `bytes */${whole.length}`);
      throw { code: status.OUT_OF_RANGE, details: "no such part", metadata: trailers };
    }
    const end = last === "" ? whole.length - 1 : Number(last);
    return {
      parts: [{ ...first(file), data: whole.subarray(Number(from), end + 1) }],
      metadata: {
        ...file.metadata,
        "x-http-code": "206",
        "content-range": `bytes ${from}-${end}/${whole.length}`,
      },
    };
  }
}

interface Named {
  readonly name: string;
}

interface NestedFile extends Named {
  readonly content: HttpBody | null;
}

function handlers(store: FileStore): Record<string, (...args: never[]) => void> {
  const get =
    (wrap: (body: HttpBody) => object) =>
    (call: ServerUnaryCall<Named, object>, respond: sendUnaryData<object>) => {
      try {
        const file = store.open(call.request.name, call.metadata);
        call.sendMetadata(metadataOf(file));
        if (file.failure !== undefined) respond(file.failure);
        else respond(null, wrap(first(file)));
      } catch (failure) {
        respond(failure as Error);
      }
    };
  const read =
    (wrap: (body: HttpBody) => object) => async (call: ServerWritableStream<Named, object>) => {
      call.on("cancelled", () => store.onCancelled());
      try {
        const file = store.open(call.request.name, call.metadata);
        call.sendMetadata(metadataOf(file));
        for (const part of file.parts) {
          if (call.cancelled) return;
          if (!call.write(wrap(part))) await once(call, "drain");
        }
        if (file.failure !== undefined) call.emit("error", file.failure);
        else call.end();
      } catch (failure) {
        call.emit("error", failure);
      }
    };
  return {
    Get: get((body) => body),
    GetNested: get((content) => ({ content })),
    Read: read((body) => body),
    ReadNested: read((content) => ({ content })),
    Put(call: ServerUnaryCall<HttpBody, object>, respond: sendUnaryData<object>) {
      respond(null, stored("", [call.request]));
    },
    PutNested(call: ServerUnaryCall<NestedFile, object>, respond: sendUnaryData<object>) {
      respond(null, stored(call.request.name, [call.request.content ?? {}]));
    },
    Write(call: ServerReadableStream<HttpBody, object>, respond: sendUnaryData<object>) {
      const parts: HttpBody[] = [];
      call.on("data", (part: HttpBody) => parts.push(part));
      call.on("end", () => respond(null, stored("", parts)));
    },
    WriteNested(call: ServerReadableStream<NestedFile, object>, respond: sendUnaryData<object>) {
      const parts: NestedFile[] = [];
      call.on("data", (part: NestedFile) => parts.push(part));
      call.on("end", () => {
        const names = new Set(parts.map(({ name }) => name));
        const bodies = parts.map(({ content }) => content ?? {});
        respond(null, stored([...names].join(), bodies));
      });
    },
    Convert(call: ServerDuplexStream<HttpBody, HttpBody>) {
      call.on("data", (part: HttpBody) => {
        call.write(part);
        if (part.contentType === failingType) call.emit("error", { code: status.ABORTED });
      });
      call.on("end", () => call.end());
    },
  };
}

function first({ parts: [part = {}] }: StoredFile): HttpBody {
  return part;
}

function metadataOf({ metadata = {} }: StoredFile): Metadata {
  const sent = new Metadata();
  for (const [key, value] of Object.entries(metadata)) sent.set(key, value);
  return sent;
}

function stored(name: string, parts: readonly HttpBody[]): object {
  const data = parts.map((part) => part.data ?? Buffer.alloc(0));
  // Those of all messages that have one.
  const contentType = parts.flatMap((part) => part.contentType || []).join();
  return { name, contentType, sizes: data.map(({ length }) => length), data: Buffer.concat(data) };
}

/** A fastify.grpc.v1.ContentDisposition as an extension of a google.api.HttpBody. */
export function disposition(filename: string, inline = false): object {
  const name = Buffer.from(filename);
  const length = [(name.length & 0x7f) | 0x80, name.length >> 7];
  const value = Buffer.concat([
    Buffer.from([0x0a, ...length]),
    name,
    Buffer.from(inline ? [0x10, 1] : []),
  ]);
  return { type_url: "type.googleapis.com/fastify.grpc.v1.ContentDisposition", value };
}

/** Where the calls of a test go. */
export type Way = "in-process" | "remote";
export const ways: readonly Way[] = ["in-process", "remote"];

/** An app with a gateway to a store of files, closed after the test. */
export async function filesApp(
  t: TestContext,
  store: FileStore,
  way: Way = "in-process",
  options: Partial<FastifyGrpcGatewayOptions> = {},
  prepare: (app: FastifyInstance) => unknown = () => {},
): Promise<FastifyInstance> {
  const server = await createServer({
    proto: filesProto,
    services: { "files.v1.Files": handlers(store) as never },
  });
  const app = Fastify();
  t.after(() => app.close());
  await prepare(app);
  const upstream = way === "remote" ? await bound(t, server) : server;
  await app.register(grpcGateway, { proto: filesProto, upstream, ...options });
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
