import type { FastifyRequest } from "fastify";
import type { FieldPath, HttpBinding, JsonCodec, RestRule } from "grpc-transcoding";
import {
  compileMaskedResponse,
  compileReadMask,
  maskedMessage,
  parseResponseMask,
  type ResponseEncoder,
} from "grpc-transcoding/internal";
import type { KeptMasks } from "./kept-masks.ts";
import { splitQuery } from "./query-options.ts";

const parameterNames = ["fields", "$fields"];

/** A mask that a client has sent, compiled. */
export interface ResponseMask {
  readonly encoder: ResponseEncoder;
  /** The request with its `read_mask`, where the method has one. */
  fillRequest(request: Buffer): Buffer;
}

/** Which fields of responses clients want. */
export interface ResponseMasks {
  /** A query without the parameters of the mask. */
  withoutMask(query: string): string;
  /** The mask of a request; undefined for none. Throws a StatusError (400) that names what is no field. */
  maskOf(request: FastifyRequest, query: string): ResponseMask | undefined;
}

/** Compiles the partial responses of a binding (AIP-157); undefined where responses have no fields. */
export function compileResponseMasks(
  binding: HttpBinding,
  codec: JsonCodec,
  rule: RestRule,
  kept: KeptMasks<ResponseMask>,
): ResponseMasks | undefined {
  const message = maskedMessage(binding);
  if (message === undefined) return undefined;
  const { input } = binding.method;
  // A request that has such a field keeps its parameter.
  const isOwn = (name: string) =>
    !input.fields.some((field) => field.jsonName === name || field.name === name);
  const names = new Set(parameterNames.filter(isOwn));
  const fillReadMask = compileReadMask(binding, headerFields(rule));
  const find = kept.ofRoute((text) => {
    const wanted = parseResponseMask(text, message);
    return {
      encoder: compileMaskedResponse(binding, codec, wanted),
      fillRequest: (request) => fillReadMask?.(request, wanted) ?? request,
    };
  });

  return {
    withoutMask: (query) => (query.includes("fields") ? splitQuery(query, names).rest : query),
    maskOf({ headers }, query) {
      const sent = query.includes("fields") ? splitQuery(query, names).values : [];
      const header = headers["x-goog-fieldmask"];
      const text = sent.length > 0 ? sent.join() : header?.toString();
      return text === undefined || text.trim() === "" ? undefined : find(text);
    },
  };
}

/** The fields of a response that are headers as well, whatever the body has. */
function headerFields({ etag, success, headers = [] }: RestRule): readonly FieldPath[] {
  const fields = headers.map(({ field }) => field);
  if (etag?.field !== undefined) fields.push(etag.field);
  return [...fields, ...(success?.location?.fields ?? [])];
}
