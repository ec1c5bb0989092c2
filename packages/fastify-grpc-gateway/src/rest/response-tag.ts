import type { FastifyRequest } from "fastify";
import type { EtagRule, JsonCodec } from "grpc-transcoding";
import { bodyTag, compileFieldText, entityTagOf, isNoneMatch } from "grpc-transcoding/internal";

/** The header ETag of a response; undefined for none. */
export type ResponseTag = (message: Uint8Array, body: Uint8Array) => string | undefined;

/** Compiles the entity tag of responses; undefined where the rule names none. */
export function compileResponseTag(
  { field, hash }: EtagRule,
  codec: Pick<JsonCodec, "fieldToJson">,
): ResponseTag | undefined {
  if (hash) return (_message, body) => bodyTag(body);
  if (field === undefined) return undefined;
  const textOf = compileFieldText(field, codec);
  return (message) => entityTagOf(textOf(message));
}

/** Whether a client has this state already: a GET or HEAD with `If-None-Match` (RFC 9110, section 13.1.2). */
export function isKnown({ method, headers }: FastifyRequest, tag: string): boolean {
  const header = headers["if-none-match"];
  if (header === undefined || (method !== "GET" && method !== "HEAD")) return false;
  return isNoneMatch(header, tag);
}
