import type { FastifyRequest } from "fastify";
import type { FieldSource, HttpBinding, TranscoderOptions } from "grpc-transcoding";
import { compileFieldSource, gatewayError } from "grpc-transcoding/internal";
import { cookieValue } from "./cookies.ts";

/** The bytes that go behind a request message, so that they take the place of fields it has. */
export type RequestFields = (request: FastifyRequest, message: Buffer) => readonly Buffer[];

/**
 * Compiles the request fields that headers and cookies fill. The result throws a StatusError (400) for a value that its
 * field cannot have, and for one that has to be there and is not.
 */
export function compileFieldSources(
  binding: HttpBinding,
  sources: readonly FieldSource[],
  options: Pick<TranscoderOptions, "codec">,
): RequestFields {
  const readers = sources.map((source) => {
    const label = `${source.in} ${source.name}`;
    return { ...source, label, encode: compileFieldSource(binding, source.field, label, options) };
  });
  return ({ headers }) =>
    readers.flatMap(({ in: place, name, required, label, encode }) => {
      const header = headers[place === "cookie" ? "cookie" : name];
      const text = Array.isArray(header) ? header.join(", ") : header;
      const value = place === "cookie" ? cookieValue(text, name) : text;
      if (value !== undefined) return [encode(value)];
      if (required) throw gatewayError(`${label}: is missing`, { reason: "MISSING_HEADER" });
      return [];
    });
}
