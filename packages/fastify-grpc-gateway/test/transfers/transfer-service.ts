import { createHash } from "node:crypto";
import { once } from "node:events";
import type {
  Server,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
} from "@grpc/grpc-js";
import { createServer } from "fastify-grpc-gateway";
import { filesProto, type HttpBody } from "../files/files-service.ts";

const chunkBytes = 64 * 1024;

// Different from one another, and made once: the memory that is measured is not the service's.
const chunks = Array.from({ length: 251 }, (_, i) => Buffer.alloc(chunkBytes, i));

/** The parts of a file of so many bytes, as they are sent both ways. */
export function* partsOf(size: number): Generator<Buffer> {
  for (let at = 0; at < size; at += chunkBytes) {
    const chunk = chunks[(at / chunkBytes) % chunks.length] as Buffer;
    yield chunk.subarray(0, Math.min(chunkBytes, size - at));
  }
}

/** The SHA-256 of the file of so many bytes. */
export function hashOf(size: number): string {
  const hash = createHash("sha256");
  for (const part of partsOf(size)) hash.update(part);
  return hash.digest("hex");
}

/** What the handlers have done so far, since the last reset. */
export class TransferCounts {
  /** Bytes handed to calls, and taken from them. */
  sent = 0;
  received = 0;
  /** When a call was last cancelled, in milliseconds of the epoch. */
  cancelledAt = 0;
  open = 0;
  /** Uploads that are not read. */
  readonly paused: ServerReadableStream<HttpBody, object>[] = [];
}

/** What an upload's handler does, by the content type of its first message. */
export const uploadKinds = {
  /** Reads the first message, and no more. */
  paused: "application/x-paused",
  /** Answers behind the first message, and reads no more. */
  early: "application/x-early",
} as const;

/** A server of files.v1.Files; a file's name is its size in bytes. */
export function transferServer(counts: TransferCounts): Promise<Server> {
  return createServer({
    proto: filesProto,
    services: { "files.v1.Files": handlers(counts) as never },
  });
}

function watch(
  call: ServerUnaryCall<never, never> | NodeJS.EventEmitter,
  counts: TransferCounts,
): void {
  counts.open += 1;
  call.once("cancelled", () => {
    counts.open -= 1;
    counts.cancelledAt = performance.timeOrigin + performance.now();
  });
}

function handlers(counts: TransferCounts): Record<string, (...args: never[]) => void> {
  const read =
    (wrap: (data: Buffer, index: number) => object) =>
    async (call: ServerWritableStream<{ readonly name: string }, object>) => {
      watch(call, counts);
      let index = 0;
      for (const data of partsOf(Number(call.request.name))) {
        if (call.cancelled) return;
        counts.sent += data.length;
        if (!call.write(wrap(data, index))) await once(call, "drain");
        index += 1;
      }
      call.end();
    };
  return {
    Read: read((data, index) => ({ contentType: index === 0 ? "image/png" : "", data })),
    ReadLines: read((data) => ({ data })),
    Write(call: ServerReadableStream<HttpBody, object>, respond: sendUnaryData<object>) {
      watch(call, counts);
      const hash = createHash("sha256");
      call.on("data", ({ contentType, data = Buffer.alloc(0) }: HttpBody) => {
        counts.received += data.length;
        hash.update(data);
        if (contentType === uploadKinds.paused || contentType === uploadKinds.early) {
          call.pause();
          counts.paused.push(call);
        }
        if (contentType === uploadKinds.early) respond(null, { name: "early" });
      });
      call.on("end", () => respond(null, { name: hash.digest("hex") }));
    },
  };
}
