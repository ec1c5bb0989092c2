import type { FastifyReply, FastifyRequest } from "fastify";
import type { Failure, JsonCodec, MetadataEntries, RestRule, Status } from "grpc-transcoding";
import { compileFieldText, isFieldValue } from "grpc-transcoding/internal";
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
  /** Sets status and headers; returns the body, undefined where the status has none. Throws a StatusError for a malformed message. */
  answer(answer: RestAnswer): Buffer | undefined;
  /** The HTTP side of a call that failed, where the request itself decides it. */
  failure(status: Status, request: FastifyRequest): Failure["http"];
}

/** Compiles a rule; undefined for one that says nothing of answers. */
export function compileMethodRest(rule: RestRule, codec: JsonCodec): MethodRest | undefined {
  const { success, etag, headers } = rule;
  if (success === undefined && etag === undefined && headers === undefined) return undefined;
  return {
    headersOf: (metadata) =>
      success === undefined ? metadata : metadata.filter(([key]) => key !== statusKey),
    answer: compileAnswer(rule, codec),
    failure: (status, request) =>
      etag?.ifMatch === undefined ? undefined : unmetCondition(status, request),
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
    if (success?.setCookie) {
      for (const cookie of cookiesOf(metadata)) reply.header("set-cookie", cookie);
    }
    if (success?.cacheControl && !reply.hasHeader("cache-control")) {
      reply.header("cache-control", success.cacheControl);
    }
    const tag = tagOf?.(message, body);
    if (tag !== undefined) reply.header("etag", tag);
    if (headOf !== undefined) setHead(reply, headOf(message, metadata), prefix);
    if (tag !== undefined && isKnown(request, tag)) reply.code(304);
    if (reply.statusCode !== 204 && reply.statusCode !== 304) return body;
    reply.removeHeader("content-type");
    return undefined;
  };
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
  reply.code(statusCode);
}
