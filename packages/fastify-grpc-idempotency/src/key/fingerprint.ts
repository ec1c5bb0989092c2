import type { FastifyRequest } from "fastify";
import type { HttpBinding } from "grpc-transcoding";
import { FST_GRPC_IDEMPOTENCY_BODY } from "../errors.ts";
import { canonicalJson } from "./canonical-json.ts";
import { digest } from "./digest.ts";

/** What fastify-grpc-gateway puts on the requests of its bindings. */
interface BoundRequest {
  readonly grpcBinding?: { readonly binding: HttpBinding; decode(): unknown } | null;
}

/**
 * What tells two requests for a method apart: the message that path, query and body make, and the part of the response
 * that the binding answers with. Spellings of one message are one request. Throws a StatusError for a malformed one.
 */
export function messageFingerprint(request: FastifyRequest): string {
  const { grpcBinding } = request as BoundRequest;
  if (!grpcBinding) throw new Error("a keyed call has no request.grpcBinding");
  const answers = grpcBinding.binding.responseBody?.name ?? "*";
  return digest(`${answers} ${canonicalJson(grpcBinding.decode())}`);
}

/** The same for a hand-written route: its target, and its body as JSON, a text, or bytes. Throws for a stream. */
export function requestFingerprint({ url, body }: FastifyRequest): string {
  if (body === undefined || body === null) return digest(url);
  if (body instanceof Uint8Array) return digest(`${url} b ${digest(body)}`);
  if (isData(body)) return digest(`${url} j ${canonicalJson(body)}`);
  throw new FST_GRPC_IDEMPOTENCY_BODY(`a ${(body as object).constructor?.name || typeof body}`);
}

/** What parsers make of JSON, a form or a text. */
function isData(body: unknown): boolean {
  if (typeof body !== "object") return true;
  if (Array.isArray(body)) return true;
  const prototype: unknown = Object.getPrototypeOf(body);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
