import type { FastifyReply } from "fastify";

/**
 * Sets a `location` that `fits` lets stand by the status that is written with the headers: a hook of
 * `onSend` may still make the response a 201. Where it does not fit, the response has the one it had before.
 */
export function setLocation(
  reply: FastifyReply,
  location: string,
  fits: (statusCode: number) => boolean,
): void {
  const before = reply.getHeader("location");
  reply.header("location", location);
  if (fits(200)) return;
  const raw = reply.raw as WritesHead;
  const { writeHead } = raw;
  raw.writeHead = (statusCode: number, headers: Headers = {}) => {
    // Fastify sets the headers of a stream one by one, all others here.
    const written = headers.location ?? raw.getHeader("location");
    if (written === location && !fits(statusCode)) {
      delete headers.location;
      raw.removeHeader("location");
      if (before !== undefined) raw.setHeader("location", before);
    }
    return writeHead.call(raw, statusCode, headers);
  };
}

type Headers = Record<string, number | string | string[] | undefined>;

/** A response as Fastify and Node write its head: without a reason phrase. */
type WritesHead = Omit<FastifyReply["raw"], "writeHead"> & {
  writeHead(statusCode: number, headers?: Headers): unknown;
};
