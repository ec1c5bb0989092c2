import type { FastifyReply } from "fastify";

/** Headers as Fastify hands them to Node: those of a stream it sets one by one before, all others come here. */
export type WrittenHeaders = Record<string, number | string | string[] | undefined>;

/** A response as Fastify and Node write its head: without a reason phrase. */
type WritesHead = Omit<FastifyReply["raw"], "writeHead"> & {
  writeHead(statusCode: number, headers?: WrittenHeaders): unknown;
};

/** Calls back when the head of a response is written, after all hooks, with what may still be changed of it. */
export function beforeHead(
  reply: FastifyReply,
  change: (statusCode: number, headers: WrittenHeaders) => void,
): void {
  const raw = reply.raw as WritesHead;
  const { writeHead } = raw;
  raw.writeHead = (statusCode: number, headers: WrittenHeaders = {}) => {
    change(statusCode, headers);
    return writeHead.call(raw, statusCode, headers);
  };
}
