import type { Http2ServerRequest } from "node:http2";
import type { FastifyInstance } from "fastify";
import { Code, gatewayError } from "grpc-transcoding";

/**
 * Media types that are read as JSON. `application/x-www-form-urlencoded` is what curl sends unless
 * told otherwise; nothing on these routes reads forms.
 */
const JSON_TYPES =
  /^(?:(?:application|text)\/json|application\/[\w.+-]+\+json|text\/plain|application\/x-www-form-urlencoded)$/;

/**
 * Replaces the scope's content-type parsers by one that keeps the body as the Buffer it is, up to
 * `maxBytes`; Fastify answers a larger one with FST_ERR_CTP_BODY_TOO_LARGE (413).
 */
export function keepRawBody(scope: FastifyInstance, maxBytes: number): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    "*",
    { parseAs: "buffer", bodyLimit: maxBytes },
    (request, body, done) => {
      // A decoder among the app's preParsing hooks removes the header when it has done its work.
      const encoding = request.headers["content-encoding"];
      if (encoding !== undefined && encoding !== "identity") {
        done(unsupportedMediaType(`content-encoding ${encoding} has no decoder here`));
        return;
      }
      done(null, body);
    },
  );
}

/**
 * Fastify takes a request without content-type, content-length and transfer-encoding for one without a
 * body. Over HTTP/2 it may have one all the same: a type makes Fastify read it.
 */
export function readUntypedHttp2Bodies(scope: FastifyInstance): void {
  scope.addHook("onRequest", (request, _reply, done) => {
    const { raw } = request;
    if (raw.httpVersionMajor === 2 && raw.headers["content-type"] === undefined) {
      const { stream } = raw as unknown as Http2ServerRequest;
      if (!stream.endAfterHeaders) raw.headers["content-type"] = "application/json";
    }
    done();
  });
}

/** Throws 415 unless the content type can hold JSON. An absent type is taken as JSON. */
export function requireJson(contentType: string | undefined): void {
  if (contentType === undefined) return;
  const semicolon = contentType.indexOf(";");
  const mediaType = (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim();
  if (mediaType === "application/json" || JSON_TYPES.test(mediaType.toLowerCase())) return;
  throw unsupportedMediaType(`content-type ${mediaType} cannot be read: send application/json`);
}

function unsupportedMediaType(message: string): Error {
  return gatewayError(message, {
    code: Code.INVALID_ARGUMENT,
    // RFC 9110 §15.5.16: a 415 may tell what would be accepted.
    http: { statusCode: 415, headers: { accept: "application/json" } },
  });
}
