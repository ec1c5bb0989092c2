import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { type JsonCodec, JsonError } from "../json/json-codec.ts";
import { firstJsonValue } from "../json/skip-json.ts";
import type { Trailing } from "../json/text-to-wire/whole-text.ts";
import { isSpecialMessage } from "../json/well-known/special-messages.ts";
import type { HttpBinding } from "../model/schema.ts";
import { isHttpBody, writeHttpBody } from "../response/http-body.ts";
import { writeMessageField } from "./message-field.ts";
import { setOwn } from "./request-value.ts";
import { badBody } from "./violations.ts";

/** The protobuf bytes that a google.api.HttpBody, as it came, gives to the request. */
export type RawBody = (data: Uint8Array, contentType: string | undefined) => Uint8Array;

/** Compiles the bytes of a body that is no JSON; undefined for bindings without a google.api.HttpBody. */
export function compileRawBody({ body, method }: HttpBinding): RawBody | undefined {
  if (body === undefined || !isHttpBody(bodyMessage(body, method.input))) return undefined;
  return (data, contentType = "") => {
    const message = writeHttpBody({ contentType, data });
    return body === "*" ? message : writeMessageField(body, message);
  };
}

function bodyMessage(body: "*" | DescField, input: DescMessage): DescMessage | undefined {
  if (body === "*") return input;
  return body.fieldKind === "message" ? body.message : undefined;
}

/**
 * The request message so far, as parsed JSON: not an object where the body is none. Throws a StatusError for
 * text that is not JSON.
 */
export type BodyParser = (body: Uint8Array) => unknown;

/** Compiles how a binding's body becomes values. */
export function compileBodyParser(
  { body, method }: HttpBinding,
  codec: JsonCodec,
  trailing: Trailing,
): BodyParser {
  if (body === undefined) return () => ({});
  const parse = parserOf(codec, body === "*" ? "" : body.name);
  const textOf = trailing === "ignore" ? firstJsonValue : (bytes: Uint8Array) => bytes;
  // The ProtoJSON of Timestamp and the like is no object: there, no body is no value.
  const none = isSpecialMessage(method.input) ? () => undefined : () => ({});
  return (bytes) => {
    const text = textOf(bytes);
    if (body === "*") return text.length === 0 ? none() : parse(text);
    const value = {};
    if (text.length > 0) setOwn(value, body.jsonName, parse(text));
    return value;
  };
}

function parserOf(codec: JsonCodec, field: string): (bytes: Uint8Array) => unknown {
  return (bytes) => {
    try {
      return codec.parse(bytes);
    } catch (error) {
      throw error instanceof JsonError ? badBody(error, field) : error;
    }
  };
}
