import { isUtf8 } from "node:buffer";
import type { JsonCodec, MessageFrame } from "./json/json-codec.ts";
import type { RequestLayout } from "./json/request-layout.ts";
import { isSpecialMessage } from "./json/well-known/special-messages.ts";
import type { QueryDialect } from "./model/query-dialect.ts";
import type { HttpBinding } from "./model/schema.ts";
import { compilePathFields, compileSourcedFields, type SourcedField } from "./request/bind-path.ts";
import { compileQueryBinder, type UnknownQuery } from "./request/bind-query.ts";
import { compileRequestDecoder as compileDecoder } from "./request/decode-request.ts";
import { goPathText, goQueryText } from "./request/go-text.ts";
import { compileFieldMaskInference } from "./request/infer-field-mask.ts";
import { plainQuery } from "./request/parameter-name.ts";
import { protoJsonText } from "./request/protojson-text.ts";
import { compileRawBody } from "./request/request-body.ts";
import {
  compileRequestMessages,
  type RequestMessageLimits,
  type RequestMessages,
} from "./request/request-messages.ts";
import { addViolation } from "./request/violations.ts";
import { compileResponseEncoder } from "./response/response-encoder.ts";
import type { FieldViolation } from "./status/error-details.ts";

/**
 * Turns the parts of an HTTP request into protobuf bytes, and protobuf bytes into the response.
 * Compiled once per binding; looks nothing up per request.
 */
export interface MethodTranscoder {
  /**
   * The request message's bytes. `captures` as the route table gives them, `rawQuery` without its `?`,
   * `body` as received (empty for none), `contentType` as the request's header has it: it is the
   * content_type of a google.api.HttpBody.
   * Throws a {@link StatusError} with INVALID_ARGUMENT and BadRequest field violations.
   */
  decodeRequest(
    captures: readonly string[],
    rawQuery: string,
    body: Uint8Array,
    contentType?: string,
  ): Buffer;
  /**
   * For a method that streams its requests: cuts a body into messages. A body is JSON values, one after the other, a
   * line each (NDJSON) or as the items of one array; that of a google.api.HttpBody is bytes. Path and query fill
   * every message.
   */
  requestMessages(
    captures: readonly string[],
    rawQuery: string,
    contentType: string | undefined,
    limits: RequestMessageLimits,
  ): RequestMessages;
  /** Whether responses are google.api.HttpBody, whose data stands for itself. */
  readonly rawResponse: boolean;
  /**
   * The response message's bytes as JSON text, or the data of a google.api.HttpBody. Throws a
   * {@link StatusError} with INTERNAL for malformed bytes.
   */
  encodeResponse(bytes: Uint8Array): Buffer;
  /**
   * Several response messages of a stream in one text, each with its frame; `index` is the number of those before
   * them. The data of google.api.HttpBody has no frame. Throws as {@link encodeResponse}, for all of them.
   */
  encodeResponses(messages: readonly Uint8Array[], index: number, frame: MessageFrame): Buffer;
  /** The Content-Type of {@link encodeResponse}'s result for the same bytes. */
  responseContentType(bytes: Uint8Array): string;
  /**
   * The Content-Disposition that a google.api.HttpBody has by an extension of its own, fastify.grpc.v1.ContentDisposition.
   * Throws a {@link StatusError} with INTERNAL for malformed bytes.
   */
  responseDisposition(bytes: Uint8Array): string | undefined;
}

/** How requests are bound. The defaults are those of the `standard` preset. */
export interface TranscoderOptions {
  readonly codec: JsonCodec;
  /** @default "reject" */
  readonly unknownQuery?: UnknownQuery;
  /**
   * How path and query spell values: as ProtoJSON, or also as Go does, for clients of grpc-gateway v2
   * (bools `1` and `t`, durations `1h30m`, integers `0x10` in paths, Struct as JSON text, no `;`).
   * @default "protojson"
   */
  readonly textDialect?: "protojson" | "go";
  /** How queries spell lists and messages. */
  readonly query?: Partial<QueryDialect>;
  /** What a body that sets a path-bound field to another value does: the path wins, or 400. @default "path" */
  readonly pathBodyConflict?: "path" | "reject";
  /** Fills the one FieldMask of a PATCH with the fields that its body sets (AIP-134). @default true */
  readonly patchFieldMask?: boolean;
  /** Takes `application/x-www-form-urlencoded` bodies as query parameters where no body is bound. @default false */
  readonly formBodies?: boolean;
  /** Takes the body of a google.api.HttpBody request as it comes, or as JSON (grpc-gateway). @default "raw" */
  readonly httpBodyRequests?: "raw" | "json";
  /** What a JSON body has behind its first value: an error, or nothing to look at (grpc-gateway). @default "reject" */
  readonly trailingBody?: "reject" | "ignore";
  /** Fields that headers give; `captures` has their values behind those of the path. @default [] */
  readonly sources?: readonly SourcedField[];
  /** Looks at each request message once it is made. Throws a StatusError for one that is not to be sent. */
  readonly check?: ((message: Uint8Array) => void) | undefined;
}

const dialects = {
  protojson: { query: protoJsonText, path: { top: protoJsonText, nested: protoJsonText } },
  go: { query: goQueryText, path: { top: goPathText, nested: goQueryText } },
} as const;

/** Compiles the requests and responses of one binding. */
export function compileTranscoder(
  binding: HttpBinding,
  options: TranscoderOptions,
): MethodTranscoder {
  const decodeRequest = compileRequestDecoder(binding, options);
  const takesRaw = options.httpBodyRequests !== "json";
  return {
    decodeRequest,
    requestMessages: compileRequestMessages(binding, takesRaw, decodeRequest),
    ...compileResponseEncoder(binding, options.codec),
  };
}

function compileRequestDecoder(
  binding: HttpBinding,
  options: TranscoderOptions,
): MethodTranscoder["decodeRequest"] {
  const { codec, pathBodyConflict = "path", trailingBody: trailing = "reject", check } = options;
  const dialect = dialects[options.textDialect ?? "protojson"];
  const { sources = [] } = options;
  const pathOptions = { codec, dialect: dialect.path, pathBodyConflict };
  const pathFields = [
    ...compilePathFields(binding, pathOptions),
    ...compileSourcedFields(binding, sources, pathOptions),
  ];
  const queryOptions = {
    codec,
    dialect: dialect.query,
    unknownQuery: options.unknownQuery ?? "reject",
    goQuery: options.textDialect === "go",
    spelling: { ...plainQuery, ...options.query },
    replaced: sources.map(({ field }) => field),
  };
  const inference =
    options.patchFieldMask === false
      ? undefined
      : compileFieldMaskInference(binding, queryOptions.replaced);
  const rawBody = options.httpBodyRequests === "json" ? undefined : compileRawBody(binding);
  const { input: message } = binding.method;
  // A raw body is no text: its bytes are put behind the message, which has no such field otherwise.
  const body = rawBody === undefined ? binding.body : undefined;
  const bound = body === "*" && isSpecialMessage(message) ? [] : pathFields;
  const layout: RequestLayout = { message, body, trailing, bound, mask: inference };
  const encoder = codec.requestToWire(layout);
  const decode = compileDecoder({
    layout,
    encoder,
    pathFields,
    bindQuery: compileQueryBinder(binding, { ...queryOptions, isChecked: false }),
    checkQuery: compileQueryBinder(binding, { ...queryOptions, isChecked: true }),
    inference,
  });
  const takesForms = options.formBodies === true && binding.body === undefined;

  return (captures, rawQuery, bytes, contentType) => {
    const formViolations: FieldViolation[] = [];
    const isQuery = takesForms && isForm(contentType);
    const query = isQuery ? `${readForm(bytes, formViolations)}&${rawQuery}` : rawQuery;
    const request = decode({ captures, query, body: bytes, formViolations });
    const message =
      rawBody === undefined ? request : Buffer.concat([request, rawBody(bytes, contentType)]);
    check?.(message);
    return message;
  };
}

function isForm(contentType = ""): boolean {
  const mediaType = contentType.split(";", 1)[0] ?? "";
  return mediaType.trim().toLowerCase() === "application/x-www-form-urlencoded";
}

function readForm(body: Uint8Array, violations: FieldViolation[]): string {
  if (isUtf8(body)) return Buffer.from(body.buffer, body.byteOffset, body.length).toString();
  addViolation(violations, "", "BAD_ENCODING", "the form is not UTF-8");
  return "";
}
