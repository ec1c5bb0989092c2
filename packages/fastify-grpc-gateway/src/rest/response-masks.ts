import type { FastifyRequest } from "fastify";
import type { HttpBinding, JsonCodec } from "grpc-transcoding";
import {
  compileMaskedResponse,
  compileReadMask,
  maskedMessage,
  parseResponseMask,
  type ResponseEncoder,
} from "grpc-transcoding/internal";
import { splitQuery } from "./query-options.ts";

/** The masks of one binding that are kept compiled: clients of an app send few of them, and a hostile one many. */
const maxKept = 64;

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
): ResponseMasks | undefined {
  const message = maskedMessage(binding);
  if (message === undefined) return undefined;
  const { input } = binding.method;
  // A request that has such a field keeps its parameter.
  const isOwn = (name: string) =>
    !input.fields.some((field) => field.jsonName === name || field.name === name);
  const names = new Set(parameterNames.filter(isOwn));
  const fillReadMask = compileReadMask(binding);
  const kept = new Map<string, ResponseMask>();

  function compile(text: string): ResponseMask {
    const wanted = parseResponseMask(text, message as NonNullable<typeof message>);
    return {
      encoder: compileMaskedResponse(binding, codec, wanted),
      fillRequest: (request) => fillReadMask?.(request, wanted) ?? request,
    };
  }

  return {
    withoutMask: (query) => (query.includes("fields") ? splitQuery(query, names).rest : query),
    maskOf({ headers }, query) {
      const sent = query.includes("fields") ? splitQuery(query, names).values : [];
      const header = headers["x-goog-fieldmask"];
      const text = sent.length > 0 ? sent.join() : header?.toString();
      if (text === undefined || text.trim() === "") return undefined;
      const known = kept.get(text);
      if (known !== undefined) return known;
      const mask = compile(text);
      const [oldest] = kept.keys();
      if (kept.size >= maxKept && oldest !== undefined) kept.delete(oldest);
      kept.set(text, mask);
      return mask;
    },
  };
}
