import type { FastifyReply } from "fastify";
import type { StoredAnswer } from "../store/idempotency-store.ts";

/** The response header that tells a replay. */
export const replayedHeader = "idempotency-replayed";

/** What is replayed without being asked for. Hooks set theirs anew. */
export const defaultHeaders: readonly string[] = [
  "content-disposition",
  "content-language",
  "content-location",
  "content-type",
  "etag",
  "last-modified",
  "link",
  "location",
];

/** Of one response alone, or of its connection: never replayed. */
export const notReplayed: ReadonlySet<string> = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "date",
  "set-cookie",
  "trailer",
  "transfer-encoding",
  replayedHeader,
]);

/** Headers of a reply, as Fastify has them. */
type ReplyHeaders = ReturnType<FastifyReply["getHeaders"]>;

/**
 * Picks the headers of a reply that are replayed: those of the names, and what has been set since `before`, where that
 * is given.
 */
export type PickHeaders = (reply: FastifyReply, before?: ReplyHeaders) => StoredAnswer["headers"];

/** Compiles names; one that ends with `*` means all that begin so. */
export function compilePickHeaders(names: readonly string[]): PickHeaders {
  const whole = new Set(names.filter((name) => !name.endsWith("*")));
  const prefixes = names.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1));
  const isNamed = (name: string): boolean =>
    whole.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
  return (reply, before) => {
    const picked: Record<string, string | readonly string[]> = {};
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value === undefined) continue;
      const isNew = before !== undefined && before[name] !== value && !notReplayed.has(name);
      if (!isNew && !isNamed(name)) continue;
      // A gateway sets it in case that a later hook makes the answer a 201, and takes it off otherwise.
      if (name === "location" && !takesLocation(reply.statusCode)) continue;
      picked[name] = Array.isArray(value) ? value.map(String) : String(value);
    }
    return picked;
  };
}

// RFC 9110, section 10.2.2; 202 as google.longrunning has it.
function takesLocation(statusCode: number): boolean {
  return statusCode === 201 || statusCode === 202 || (statusCode >= 300 && statusCode < 400);
}
