import type { FastifyReply } from "fastify";
import type { StoredAnswer } from "../store/idempotency-store.ts";
import { replayedHeader } from "./replayed-headers.ts";

/** The answer that a reply is about to give, as far as it is replayed. */
export function answerOf(
  reply: FastifyReply,
  payload: unknown,
  headers: StoredAnswer["headers"],
  maxBytes: number,
): StoredAnswer {
  const body = bytesOf(payload);
  return {
    statusCode: reply.statusCode,
    headers,
    body: body !== undefined && body.length <= maxBytes ? body : undefined,
  };
}

/** Undefined for a stream, which only its client reads. */
function bytesOf(payload: unknown): Buffer | undefined {
  if (payload === undefined || payload === null) return Buffer.alloc(0);
  if (typeof payload === "string") return Buffer.from(payload);
  // A copy: these may be part of a larger buffer, which would be kept as well.
  return payload instanceof Uint8Array ? Buffer.from(payload) : undefined;
}

/** Answers as before. Hooks see the answer as they saw the first one. */
export function replay(reply: FastifyReply, { statusCode, headers, body }: StoredAnswer): void {
  reply.code(statusCode).header(replayedHeader, "true");
  for (const [name, value] of Object.entries(headers)) reply.header(name, value);
  reply.send(body);
}
