import { isUtf8 } from "node:buffer";
import type { DescField } from "@bufbuild/protobuf";
import { type JsonCodec, JsonError, type MessageFrame } from "./json/json-codec.ts";
import type { HttpBinding } from "./model/schema.ts";
import { compilePathBinder } from "./request/bind-path.ts";
import { compileQueryBinder, type UnknownQuery } from "./request/bind-query.ts";
import { goPathText, goQueryText } from "./request/go-text.ts";
import { compileFieldMaskInference, writeFieldMask } from "./request/infer-field-mask.ts";
import { writeMessageField } from "./request/message-field.ts";
import { protoJsonText } from "./request/protojson-text.ts";
import { compileBodyReader } from "./request/request-body.ts";
import {
  compileRequestMessages,
  type RequestMessageLimits,
  type RequestMessages,
} from "./request/request-messages.ts";
import { fieldValue, isObject, type RequestValue } from "./request/request-value.ts";
import { compileRequestWriter } from "./request/request-writer.ts";
import { addViolation, badBody, badRequest } from "./request/violations.ts";
import { isHttpBody } from "./response/http-body.ts";
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
  const { codec, formBodies = false, pathBodyConflict = "path" } = options;
  const dialect = dialects[options.textDialect ?? "protojson"];
  const readBody = compileBodyReader(binding, {
    codec,
    rawHttpBody: options.httpBodyRequests !== "json",
    trailingBody: options.trailingBody ?? "reject",
  });
  const bindPath = compilePathBinder(binding, { codec, dialect: dialect.path, pathBodyConflict });
  const bindQuery = compileQueryBinder(binding, {
    codec,
    dialect: dialect.query,
    unknownQuery: options.unknownQuery ?? "reject",
    goQuery: options.textDialect === "go",
  });
  const inference =
    options.patchFieldMask === false ? undefined : compileFieldMaskInference(binding, codec);
  const toWire = compileRequestWriter(binding, codec);

  const bodyToWire = compileBodyAlone(binding, options);

  const decodeRequest: MethodTranscoder["decodeRequest"] = (
    captures,
    rawQuery,
    body,
    contentType,
  ) => {
    if (bodyToWire !== undefined && rawQuery === "" && body.length > 0) return bodyToWire(body);
    const { value, tail } = readBody(body, contentType);
    const tails = tail === undefined ? [] : [tail];
    if (!isObject(value)) return toWire(value, tails);
    const violations: FieldViolation[] = [];
    // Before the path is bound: what only the path says is no change that the client asks for.
    const maskPaths = inference?.pathsOf(value, violations) ?? [];
    bindPath(captures, value, violations);
    const isQuery = formBodies && binding.body === undefined && isForm(contentType);
    const query = isQuery ? `${readForm(body, violations)}&${rawQuery}` : rawQuery;
    if (query !== "") bindQuery(query, value, violations);
    if (violations.length > 0) throw badRequest(violations);
    if (inference !== undefined && maskPaths.length > 0 && !isSet(value, inference.mask)) {
      tails.push(writeMessageField(inference.mask, writeFieldMask(maskPaths)));
    }
    return toWire(value, tails);
  };
  const takesRaw = options.httpBodyRequests !== "json";
  return {
    decodeRequest,
    requestMessages: compileRequestMessages(binding, takesRaw, decodeRequest),
    ...compileResponseEncoder(binding, codec),
  };
}

/**
 * The way of requests whose body is all of the message, which need no value to bind path and query to;
 * undefined for bindings that may have more.
 */
function compileBodyAlone(
  { body, method, pathVariables }: HttpBinding,
  { codec, trailingBody }: TranscoderOptions,
): ((body: Uint8Array) => Buffer) | undefined {
  if (body !== "*" || pathVariables.length > 0 || trailingBody === "ignore") return undefined;
  if (isHttpBody(method.input)) return undefined;
  const toWire = codec.textToWire(method.input);
  return (text) => {
    try {
      return toWire(text);
    } catch (error) {
      throw error instanceof JsonError ? badBody(error, "") : error;
    }
  };
}

function isSet(value: RequestValue, field: DescField): boolean {
  return fieldValue(value, field) !== undefined;
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
