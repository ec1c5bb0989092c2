import type { FastifyReply } from "fastify";
import { beforeHead } from "./before-head.ts";

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
  const { raw } = reply;
  beforeHead(reply, (statusCode, headers) => {
    const written = headers.location ?? raw.getHeader("location");
    if (written !== location || fits(statusCode)) return;
    delete headers.location;
    raw.removeHeader("location");
    if (before !== undefined) raw.setHeader("location", before);
  });
}
