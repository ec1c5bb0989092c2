import type { FastifyReply, FastifyRequest } from "fastify";
import type { Failure, JsonCodec, MetadataEntries, RestRule, Status } from "grpc-transcoding";
import { compileFieldText, isFieldValue, joinVary } from "grpc-transcoding/internal";
import { unmetCondition } from "./if-match.ts";
import { compileResponseTag, isKnown } from "./response-tag.ts";
import { compileSuccessHead, cookiesOf, statusKey } from "./success-head.ts";

/** An answer on its way out, its own headers set. */
interface RestAnswer {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly metadata: MetadataEntries;
  /** The response message. */
  readonly message: Uint8Array;
  readonly body: Buffer;
  /** The URL prefix of the routes: the gateway's and the tenant's. */
  readonly prefix: string;
}

/** What a method's answers are beyond its http rules, compiled. */
export interface MethodRest {
  /** What of the call's metadata becomes headers. */
  headersOf(metadata: MetadataEntries): MetadataEntries;
  /** Sets what stands before any body, that of a stream too: cookies, and how long it may be kept. */
  setHead(reply: FastifyReply, metadata: MetadataEntries): void;
  /** Sets status and headers; returns the body, undefined where the status has none. Throws a StatusError for a malformed message. */
  answer(answer: RestAnswer): Buffer | undefined;
  /** The HTTP side of a call that failed, where the request itself decides it. */
  failure(status: Status, request: FastifyRequest): Failure["http"];
}

/** Compiles a rule; undefined for one that says nothing of answers. */
export function compileMethodRest(rule: RestRule, codec: JsonCodec): MethodRest | undefined {
  const { success, etag, headers, sources } = rule;
  if (!success && !etag && !headers && !sources) return undefined;
  return {
    headersOf: (metadata) =>
      success === undefined ? metadata : metadata.filter(([key]) => key !== statusKey),
    setHead: compileHead(rule),
    answer: compileAnswer(rule, codec),
    failure: (status, request) =>
      etag?.ifMatch === undefined ? undefined : unmetCondition(status, request),
  };
}

function compileHead({ success, sources = [] }: RestRule): MethodRest["setHead"] {
  // A cache has one answer for a URL unless it is told what else the answer depends on.
  const vary = sources.map(({ in: place, name }) => (place === "cookie" ? "cookie" : name)).join();
  return (reply, metadata) => {
    if (vary !== "") reply.header("vary", joinVary(reply.getHeader("vary"), vary));
    if (success === undefined) return;
    if (success.setCookie) {
      for (const cookie of cookiesOf(metadata)) reply.header("set-cookie", cookie);
    }
    if (success.cacheControl !== "" && !reply.hasHeader("cache-control")) {
      reply.header("cache-control", success.cacheControl);
    }
  };
}

function compileAnswer(
  { success, etag, headers = [] }: RestRule,
  codec: JsonCodec,
): MethodRest["answer"] {
  const headOf = success && compileSuccessHead(success, codec);
  const tagOf = etag && compileResponseTag(etag, codec);
  const fields = headers.map(({ header, field }) => ({
    header,
    textOf: compileFieldText(field, codec),
  }));
  return ({ request, reply, metadata, message, body, prefix }) => {
    for (const { header, textOf } of fields) {
      const text = textOf(message);
      if (text !== "" && isFieldValue(text)) reply.header(header, text);
    }
    const tag = tagOf?.(message, body);
    if (tag !== undefined) reply.header("etag", tag);
    if (headOf !== undefined) setHead(reply, headOf(message, metadata), prefix);
    // RFC 9110, section 13.2.1: a redirect is one, whatever the client has.
    if (tag !== undefined && reply.statusCode < 300 && isKnown(request, tag)) reply.code(304);
    if (!isBodiless(reply.statusCode)) return body;
    reply.removeHeader("content-type");
    return undefined;
  };
}

/** RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5. */
function isBodiless(statusCode: number): boolean {
  return statusCode === 204 || statusCode === 205 || statusCode === 304;
}

function setHead(
  reply: FastifyReply,
  { statusCode, location }: ReturnType<ReturnType<typeof compileSuccessHead>>,
  prefix: string,
): void {
  if (location !== undefined) reply.header("location", prefix + location);
  const isRedirect = statusCode > 300 && statusCode !== 304;
  if (isRedirect && !reply.hasHeader("location")) {
    reply.log.warn({ statusCode }, "the response has no field for its location: answered as 200");
    return;
  }
  // What says nothing of the status leaves it to hooks, and to a part of a file (206).
  if (statusCode !== 200) reply.code(statusCode);
}
