import type { FastifyReply, FastifyRequest } from "fastify";
import type {
  Failure,
  HttpBinding,
  JsonCodec,
  MetadataEntries,
  RestRule,
  Status,
  TranscoderOptions,
} from "grpc-transcoding";
import { compileFieldText, isFieldValue } from "grpc-transcoding/internal";
import { compileFieldSources, type RequestFields } from "./field-sources.ts";
import { compileIfMatch, unmetCondition } from "./if-match.ts";
import { compileResponseTag, isKnown } from "./response-tag.ts";
import { compileSuccessHead, cookiesOf, statusKey } from "./success-head.ts";

/** An answer on its way out, its own headers set. */
export interface RestAnswer {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly metadata: MetadataEntries;
  /** The response message. */
  readonly message: Uint8Array;
  readonly body: Buffer;
  /** The URL prefix of the routes: the gateway's and the tenant's. */
  readonly prefix: string;
}

/** What a binding's requests and answers are beyond its http rule, compiled. */
export interface MethodRest {
  /** The request message with what headers fill. Throws a StatusError (400, 428). */
  fillRequest(request: FastifyRequest, message: Buffer): Buffer;
  /** What of the call's metadata becomes headers. */
  headersOf(metadata: MetadataEntries): MetadataEntries;
  /** Sets status and headers; returns the body, undefined where the status has none. Throws a StatusError for a malformed message. */
  answer(answer: RestAnswer): Buffer | undefined;
  /** The HTTP side of a call that failed, where the request itself decides it. */
  failure(status: Status, request: FastifyRequest): Failure["http"];
}

/** Compiles a rule; undefined for one that says nothing. */
export function compileMethodRest(
  binding: HttpBinding,
  rule: RestRule,
  options: Pick<TranscoderOptions, "codec">,
): MethodRest | undefined {
  if (Object.keys(rule).length === 0) return undefined;
  const fields = compileRequestFields(binding, rule, options);
  return {
    fillRequest: (request, message) =>
      fields.length === 0
        ? message
        : Buffer.concat([message, ...fields.flatMap((of) => of(request, message))]),
    headersOf: (metadata) =>
      rule.success === undefined ? metadata : metadata.filter(([key]) => key !== statusKey),
    answer: compileAnswer(rule, options.codec),
    failure: (status, request) =>
      rule.etag?.ifMatch === undefined ? undefined : unmetCondition(status, request),
  };
}

function compileRequestFields(
  binding: HttpBinding,
  { sources = [], etag }: RestRule,
  options: Pick<TranscoderOptions, "codec">,
): readonly RequestFields[] {
  return [
    ...(sources.length > 0 ? [compileFieldSources(binding, sources, options)] : []),
    ...(etag?.ifMatch === undefined ? [] : [compileIfMatch(binding, etag.ifMatch, etag, options)]),
  ];
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
