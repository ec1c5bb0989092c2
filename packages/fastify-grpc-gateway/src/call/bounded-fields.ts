import type { FastifyBaseLogger } from "fastify";

/**
 * How much of a call's metadata an answer has, before its body as behind it: Node's HTTP/2 refuses larger header blocks,
 * clients on Node answers with more than 16 KiB, and many proxies those with more than 32 KiB.
 */
const MAX_METADATA_BYTES = 16 * 1024;

/** The fields that are within the limit. Those that are not are left out, and told in the log. */
export function boundedFields<Value extends string | string[]>(
  fields: Iterable<readonly [name: string, value: Value]>,
  log: FastifyBaseLogger,
): (readonly [name: string, value: Value])[] {
  let bytes = 0;
  return [...fields].filter(([name, value]) => {
    bytes += name.length + String(value).length;
    if (bytes <= MAX_METADATA_BYTES) return true;
    log.warn({ header: name }, "metadata over 16 KiB is left out of the response");
    return false;
  });
}
