import type { FastifyRequest } from "fastify";
import {
  Code,
  type EtagRule,
  type FieldPath,
  type FieldSource,
  type HttpBinding,
  type MethodTranscoder,
  type RestRule,
  type TranscoderOptions,
} from "grpc-transcoding";
import {
  compileFindField,
  compileSourcedRequest,
  gatewayError,
  type SourcedField,
} from "grpc-transcoding/internal";
import { cookieValue } from "./cookies.ts";
import { matchedTag } from "./if-match.ts";

/** A request field that a header or a cookie gives. */
interface RequestSource extends SourcedField {
  /** Undefined where it is not sent. Throws a StatusError for one that is wrong, or has to be there. */
  valueOf(request: FastifyRequest, resumes: boolean): string | undefined;
}

/** The rule's own, and the field of `Last-Event-ID`. */
export type SourceRules = Pick<RestRule, "sources" | "etag"> & { readonly lastEventId?: FieldPath };

/**
 * Decodes a request of which headers give fields. `resumes`: the client is one of server-sent events, whose
 * `Last-Event-ID` counts. Throws a StatusError: 400 for a header that its field cannot take, 428 for a missing If-Match.
 */
export type DecodeWithSources = (
  request: FastifyRequest,
  resumes: boolean,
  ...parts: Parameters<MethodTranscoder["decodeRequest"]>
) => Buffer;

/** Compiles a binding's requests; undefined where no header gives a field. */
export function compileRequestSources(
  binding: HttpBinding,
  { sources = [], etag, lastEventId }: SourceRules,
  options: TranscoderOptions,
): DecodeWithSources | undefined {
  const all: RequestSource[] = sources.map(fieldSource);
  if (etag?.ifMatch !== undefined) all.push(tagSource(etag.ifMatch, etag));
  if (lastEventId !== undefined) all.push(lastEventSource(lastEventId));
  if (all.length === 0) return undefined;
  const decode = compileSourcedRequest(binding, all, options);
  const require = etag?.ifMatch && etag.required ? compileRequireTag(etag.ifMatch) : undefined;
  return (request, resumes, ...parts) => {
    const values = all.map((source) => source.valueOf(request, resumes));
    const message = decode(values, ...parts);
    require?.(request, message);
    return message;
  };
}

function fieldSource({ field, in: place, name, required }: FieldSource): RequestSource {
  const label = `${place} ${name}`;
  return {
    field,
    label,
    valueOf({ headers }) {
      const header = headers[place === "cookie" ? "cookie" : name];
      const text = Array.isArray(header) ? header.join(", ") : header;
      const value = place === "cookie" ? cookieValue(text, name) : text;
      if (value === undefined && required) throw gatewayError(`${label}: is missing`);
      return value;
    },
  };
}

function tagSource(field: FieldPath, rule: EtagRule): RequestSource {
  return {
    field,
    label: "If-Match",
    valueOf: ({ headers }) => matchedTag(headers["if-match"], rule),
  };
}

function lastEventSource(field: FieldPath): RequestSource {
  return {
    field,
    label: "Last-Event-ID",
    valueOf({ headers }, resumes) {
      const id = headers["last-event-id"];
      return resumes && typeof id === "string" && id !== "" ? id : undefined;
    },
  };
}

/** Refuses requests that name no state, neither by the header nor by the field (RFC 6585, section 3). */
function compileRequireTag({ path, fields }: FieldPath) {
  const find = compileFindField(fields);
  return ({ headers }: FastifyRequest, message: Buffer): void => {
    if (headers["if-match"] !== undefined || find(message) >= 0) return;
    throw gatewayError(`send If-Match with the entity tag that you have, or set ${path}`, {
      code: Code.FAILED_PRECONDITION,
      http: { statusCode: 428 },
    });
  };
}
