import type { FastifyReply, FastifyRequest } from "fastify";
import {
  Code,
  type Failure,
  type MetadataEntries,
  type Status,
  StatusError,
} from "grpc-transcoding";
import { beforeHead } from "./before-head.ts";

/** The `Range` of a request; undefined where there is none that counts (RFC 9110, section 14.2). */
function requestedRange({ method, headers }: FastifyRequest): string | undefined {
  return method === "GET" ? headers.range : undefined;
}

/** A call's metadata with the part that its client asks for, where the app has not said otherwise. */
export function withRange(metadata: MetadataEntries, request: FastifyRequest): MetadataEntries {
  const range = requestedRange(request);
  if (range === undefined) return metadata;
  const condition = request.headers["if-range"];
  const asked: MetadataEntries = [
    ["range", range],
    ...(typeof condition === "string" ? [["if-range", condition] as const] : []),
  ];
  const known = new Set(metadata.map(([key]) => key));
  return [...metadata, ...asked.filter(([key]) => !known.has(key))];
}

/** Which part of a file an answer has: all of it, or what `contentRange` says. */
export interface AnsweredPart {
  readonly isWhole: boolean;
  /** Undefined for several parts, which tell it themselves. */
  readonly contentRange?: string;
  /** The metadata that says nothing of it. */
  readonly others: MetadataEntries;
}

/**
 * The part that a service answers by its metadata, `x-http-code: 206` and `content-range`. Throws a StatusError for a
 * part that is not told, or was not asked for: sent as the whole, or as another part, it would spoil the client's file.
 */
export function answeredPart(
  metadata: MetadataEntries,
  contentType: string,
  request: FastifyRequest,
): AnsweredPart {
  const code = lastText(metadata, "x-http-code");
  const contentRange = lastText(metadata, "content-range");
  const others = metadata.filter(([key]) => !partKeys.has(key));
  if (code !== "206" && contentRange === undefined) return { isWhole: true, others };
  if (requestedRange(request) === undefined) {
    throw wrongPart("the upstream answered a part of what was asked for as a whole");
  }
  if (/^multipart\/byteranges\b/i.test(contentType)) return { isWhole: false, others };
  if (contentRange === undefined || !isContentRange(contentRange)) {
    throw wrongPart("the upstream answered a part without a content-range that tells which");
  }
  return { isWhole: false, contentRange, others };
}

/** Sets what tells a client the part that follows, and that it may ask for others. */
export function setPart(reply: FastifyReply, { isWhole, contentRange }: AnsweredPart): void {
  reply.header("accept-ranges", "bytes");
  withdrawWhenPacked(reply);
  if (isWhole) return;
  reply.code(206);
  if (contentRange !== undefined) reply.header("content-range", contentRange);
}

/** Takes `accept-ranges` off a body that a hook has packed: byte positions are those of the service's file. */
function withdrawWhenPacked(reply: FastifyReply): void {
  beforeHead(reply, (_statusCode, headers) => {
    const encoding = headers["content-encoding"] ?? reply.raw.getHeader("content-encoding");
    if (encoding === undefined) return;
    delete headers["accept-ranges"];
    reply.raw.removeHeader("accept-ranges");
  });
}

/**
 * The HTTP side of a call that failed because its file has no such part: OUT_OF_RANGE, for a client that sent `Range`
 * (RFC 9110, section 15.5.17). The service tells the size by a `content-range` without a part.
 */
export function unsatisfiedRange(
  { code }: Status,
  metadata: MetadataEntries,
  request: FastifyRequest,
): Failure["http"] {
  if (code !== Code.OUT_OF_RANGE || requestedRange(request) === undefined) return undefined;
  const size = lastText(metadata, "content-range") ?? "";
  const headers = /^bytes \*\/\d{1,15}$/.test(size) ? { "content-range": size } : {};
  return { statusCode: 416, headers };
}

const partKeys: ReadonlySet<string> = new Set(["x-http-code", "content-range"]);

function lastText(metadata: MetadataEntries, key: string): string | undefined {
  const value = metadata.findLast(([name]) => name === key)?.[1];
  return value === undefined ? undefined : String(value);
}

/** RFC 9110, section 14.4. */
function isContentRange(text: string): boolean {
  const [, first, last, size] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(text) ?? [];
  if (size === undefined) return false;
  return Number(first) <= Number(last) && (size === "*" || Number(last) < Number(size));
}

function wrongPart(message: string): StatusError {
  return new StatusError(Code.INTERNAL, message, { origin: "upstream" });
}
