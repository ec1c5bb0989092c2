import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import { errorCodes, type FastifyInstance, type FastifyRequest } from "fastify";
import { Code } from "grpc-transcoding";
import { gatewayError } from "grpc-transcoding/internal";
import { payloadOf } from "../fastify/internals.ts";

/**
 * Replaces the scope's content-type parsers by one that keeps the body as the Buffer it is, up to
 * `maxBytes`; Fastify answers a larger one with FST_ERR_CTP_BODY_TOO_LARGE (413), and so is one answered that was read and
 * is over the limit that its request has of its own.
 */
export function keepRawBody(
  scope: FastifyInstance,
  maxBytes: number,
  maxBytesOf: (request: FastifyRequest) => number,
): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    "*",
    { parseAs: "buffer", bodyLimit: maxBytes },
    (request, body, done) => {
      if (body.length > maxBytesOf(request)) done(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
      else restore(request, body, done);
    },
  );
}

/** Replaces the scope's content-type parsers by one that hands the body on as the stream that it is. */
export function keepBodyStream(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", (request, body, done) => {
    // Hooks and policies may take their time: an error that nobody listens to would end the process.
    body.on("error", () => {});
    restore(request, body, done);
  });
}

type Done = (error: Error | null, body?: unknown) => void;

function restore(request: FastifyRequest, body: unknown, done: Done): void {
  const { headers } = request.raw;
  if (untyped.has(request.raw)) delete headers["content-type"];
  const encoding = headers["content-encoding"];
  if (encoding === undefined || encoding.toLowerCase() === "identity" || wasDecoded(request)) {
    done(null, body);
  } else done(unsupportedEncoding(encoding));
}

/**
 * Whether a decoder among the app's preParsing hooks has the body's bytes in its hands. Decoders count what
 * they read as `receivedEncodedLength` (Fastify, Hooks, preParsing), since Fastify could not compare it with
 * content-length otherwise; some remove the header besides, @fastify/compress does not. A stream that only
 * looks at the bytes counts nothing. Fastify keeps the stream under a symbol of its own; where there is none,
 * nothing was decoded.
 */
function wasDecoded(request: FastifyRequest): boolean {
  const payload = payloadOf(request) as Payload | null | undefined;
  return typeof payload?.receivedEncodedLength === "number";
}

interface Payload {
  readonly receivedEncodedLength?: unknown;
}

/** HTTP/2 requests whose content type is ours. */
const untyped = new WeakSet<IncomingMessage>();

/**
 * Fastify takes a request without content-type, content-length and transfer-encoding for one without a
 * body. Over HTTP/2 it may have one all the same: a type makes Fastify read it, until the parser takes
 * the type off again.
 */
export function readUntypedHttp2Bodies(scope: FastifyInstance): void {
  scope.addHook("onRequest", (request, _reply, done) => {
    const { raw } = request;
    if (raw.httpVersionMajor === 2 && raw.headers["content-type"] === undefined) {
      const { stream } = raw as unknown as Http2ServerRequest;
      if (!stream.endAfterHeaders) {
        raw.headers["content-type"] = "application/octet-stream";
        untyped.add(raw);
      }
    }
    done();
  });
}

function unsupportedEncoding(encoding: string): Error {
  return gatewayError(`content-encoding ${encoding} has no decoder here: send the body as it is`, {
    code: Code.INVALID_ARGUMENT,
    // RFC 9110 §12.5.3: what a 415 for an encoding tells.
    http: { statusCode: 415, headers: { "accept-encoding": "identity" } },
  });
}
