import type { DescField, DescMessage } from "@bufbuild/protobuf";
import type { JsonCodec } from "../json/json-codec.ts";
import { Code } from "../model/code.ts";
import type { HttpBinding } from "../model/schema.ts";
import { StatusError } from "../status/status-error.ts";
import { isHttpBody, readHttpBody, readMessageField } from "./http-body.ts";

/** Turns one response message's bytes into an HTTP body and tells its media type. */
export interface ResponseEncoder {
  /** Whether it is a google.api.HttpBody. */
  readonly rawResponse: boolean;
  readonly encodeResponse: (bytes: Uint8Array) => Buffer;
  readonly responseContentType: (bytes: Uint8Array) => string;
}

/** Compiles the response of a binding: JSON of the message or of its `response_body`, or a raw HttpBody. */
export function compileResponseEncoder(
  { method, responseBody }: HttpBinding,
  codec: JsonCodec,
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
    responseContentType: () => "application/json",
  };
}

function rawEncoder(output: DescMessage, field: DescField | undefined): ResponseEncoder {
  const read = guarded(output, (bytes: Uint8Array) =>
    readHttpBody(field === undefined ? bytes : readMessageField(bytes, field)),
  );
  return {
    rawResponse: true,
    encodeResponse(bytes) {
      const { data } = read(bytes);
      return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    },
    responseContentType(bytes) {
      const { contentType } = read(bytes);
      // A service's text must not break the response's head.
      return /^[\t\x20-\x7e]+$/.test(contentType) ? contentType : "application/octet-stream";
    },
  };
}

function guarded<T>(output: DescMessage, read: (bytes: Uint8Array) => T): (bytes: Uint8Array) => T {
  return (bytes) => {
    try {
      return read(bytes);
    } catch (cause) {
      const text = `the upstream's response is not a ${output.typeName}`;
      throw new StatusError(Code.INTERNAL, text, { origin: "upstream", cause });
    }
  };
}
