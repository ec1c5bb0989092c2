import type { FastifyReply } from "fastify";
import type { Code, MetadataEntries } from "grpc-transcoding";
import type { compileResponseHeaders } from "grpc-transcoding/internal";
import { boundedFields } from "./bounded-fields.ts";

/** What follows the body of a streamed response. */
export interface StreamTrailers {
  /** Says so in the head of the response. */
  announceTrailers(reply: FastifyReply): void;
  /** Sends the status of the stream and its trailing metadata. Call it before the body's end. */
  endStream(reply: FastifyReply, code: Code, trailers: MetadataEntries): void;
}

/** grpc-gateway sends none behind streams (runtime/handler.go). */
export const noStreamTrailers: StreamTrailers = {
  announceTrailers() {},
  endStream() {},
};

/** What steers a response cannot come behind it (RFC 9110, section 6.5.1). */
const headOnly: ReadonlySet<string> = new Set([
  "cache-control",
  "content-disposition",
  "content-language",
  "content-range",
  "etag",
  "last-modified",
  "location",
  "retry-after",
  "vary",
  "www-authenticate",
]);

/**
 * The status of a stream as the HTTP trailer `grpc-status`, and the metadata that may become headers beside it, for clients
 * that say `TE: trailers`.
 */
export function streamTrailers(
  headersOf: ReturnType<typeof compileResponseHeaders>,
): StreamTrailers {
  return {
    announceTrailers(reply) {
      if (!takesTrailers(reply)) return;
      reply.header("trailer", "grpc-status");
      const { raw } = reply;
      // Over HTTP/2 the head of an empty body would be the end of the response, and nothing could follow.
      if (raw.req.httpVersionMajor === 2) raw.once("pipe", () => raw.flushHeaders());
    },
    endStream(reply, code, trailers) {
      if (!takesTrailers(reply)) return;
      const fields: Record<string, string> = { "grpc-status": String(code) };
      const metadata = Object.entries(headersOf(trailers, 200));
      const sent = metadata.filter(([name]) => !headOnly.has(name));
      for (const [name, value] of boundedFields(sent, reply.log)) {
        fields[name] = Array.isArray(value) ? value.filter((one) => one !== "").join(", ") : value;
      }
      reply.raw.addTrailers(fields);
    },
  };
}

function takesTrailers({ request }: FastifyReply): boolean {
  if (request.raw.httpVersion === "1.0") return false;
  return String(request.headers.te ?? "")
    .toLowerCase()
    .includes("trailers");
}
