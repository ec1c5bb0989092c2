import type { FastifyReply, FastifyRequest } from "fastify";
import type { MetadataEntries } from "grpc-transcoding";
import { isDeniedResponseHeader, isFieldValue } from "grpc-transcoding/internal";
import { boundedFields } from "./bounded-fields.ts";

/** Trailing metadata beside the leading one: the whole answer is known before its headers are written. */
export function answerTrailersAsHeaders(
  _request: FastifyRequest,
  _reply: FastifyReply,
  headers: MetadataEntries,
  trailers: MetadataEntries,
): MetadataEntries {
  return trailers.length === 0 ? headers : [...headers, ...trailers];
}

/**
 * Trailing metadata as `Grpc-Trailer-*` trailers of the HTTP response, where the client says that it
 * takes trailers (grpc-gateway v2 runtime/handler.go, `handleForwardResponseTrailer`).
 */
export function answerHttpTrailers(
  request: FastifyRequest,
  reply: FastifyReply,
  headers: MetadataEntries,
  trailers: MetadataEntries,
): MetadataEntries {
  const te = String(request.headers.te ?? "");
  if (request.raw.httpVersion === "1.0" || !te.toLowerCase().includes("trailers")) return headers;
  const values = new Map<string, string>();
  for (const [key, value] of trailers) {
    if (isDeniedResponseHeader(key)) continue;
    const text = typeof value === "string" ? value.trim() : Buffer.from(value).toString("base64");
    if (!isFieldValue(text)) continue;
    const before = values.get(key);
    values.set(key, before === undefined ? text : `${before}, ${text}`);
  }
  for (const [key, text] of boundedFields(values, reply.log)) {
    reply.trailer(`grpc-trailer-${key}`, (_reply, _payload, done) => done(null, text));
  }
  return headers;
}
