import type { DescField, DescMessage } from "@bufbuild/protobuf";
import type { PrintSequence, ResponsePrinters } from "../json/json-codec.ts";
import { Code } from "../model/code.ts";
import type { HttpBinding } from "../model/schema.ts";
import { StatusError } from "../status/status-error.ts";
import { contentDispositionText, readContentDisposition } from "./content-disposition.ts";
import { type HttpBody, isHttpBody, readHttpBody, readMessageField } from "./http-body.ts";

/** Turns one response message's bytes into an HTTP body and tells its media type. */
export interface ResponseEncoder {
  /** Whether it is a google.api.HttpBody. */
  readonly rawResponse: boolean;
  readonly encodeResponse: (bytes: Uint8Array) => Buffer;
  /** Several messages of a stream in one text, each with its frame. */
  readonly encodeResponses: PrintSequence;
  readonly responseContentType: (bytes: Uint8Array) => string;
  readonly responseDisposition: (bytes: Uint8Array) => string | undefined;
}

/** Compiles the response of a binding: JSON of the message or of its `response_body`, or a raw HttpBody. */
export function compileResponseEncoder(
  { method, responseBody }: HttpBinding,
  codec: ResponsePrinters,
): ResponseEncoder {
  const singular = responseBody?.fieldKind === "message" ? responseBody.message : undefined;
  if (isHttpBody(responseBody === undefined ? method.output : singular)) {
    return rawEncoder(method.output, responseBody);
  }
  const toJson =
    responseBody === undefined ? codec.toJson(method.output) : codec.fieldToJson(responseBody);
  return {
    rawResponse: false,
    encodeResponse: guarded(method.output, toJson),
    encodeResponses: guarded(method.output, codec.toJsonSequence(responseBody ?? method.output)),
    responseContentType: () => "application/json",
    responseDisposition: () => undefined,
  };
}

function rawEncoder(output: DescMessage, field: DescField | undefined): ResponseEncoder {
  const bodyOf = (bytes: Uint8Array): HttpBody =>
    readHttpBody(field === undefined ? bytes : readMessageField(bytes, field));
  const read = guarded(output, bodyOf);
  return {
    rawResponse: true,
    encodeResponse(bytes) {
      const { data } = read(bytes);
      return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    },
    encodeResponses(messages) {
      return Buffer.concat(messages.map((bytes) => read(bytes).data));
    },
    responseContentType(bytes) {
      const { contentType } = read(bytes);
      return isContentType(contentType) ? contentType : "application/octet-stream";
    },
    responseDisposition: guarded(output, (bytes) => {
      const { extensions } = bodyOf(bytes);
      const found = extensions && readContentDisposition(extensions);
      return found && contentDispositionText(found);
    }),
  };
}

/** A service's text must not break the response's head. */
function isContentType(text: string): boolean {
  return text.length <= maxContentType && /^[\t\x20-\x7e]+$/.test(text);
}

// Two names of RFC 6838 and room for parameters; clients refuse a head that is too long.
const maxContentType = 1024;

function guarded<Input extends unknown[], T>(
  output: DescMessage,
  read: (...input: Input) => T,
): (...input: Input) => T {
  return (...input) => {
    try {
      return read(...input);
    } catch (cause) {
      const text = `the upstream's response is not a ${output.typeName}`;
      throw new StatusError(Code.INTERNAL, text, { origin: "upstream", cause });
    }
  };
}
