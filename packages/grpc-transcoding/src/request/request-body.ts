import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { type JsonCodec, JsonError } from "../json/json-codec.ts";
import type { HttpBinding } from "../model/schema.ts";
import { isHttpBody, writeHttpBody } from "../response/http-body.ts";
import { firstJsonValue } from "./first-json-value.ts";
import { writeMessageField } from "./message-field.ts";
import { setOwn } from "./request-value.ts";
import { badBody } from "./violations.ts";
import { isSpecialMessage } from "./well-known-message.ts";

/** What a request's body gives. */
interface ReadBody {
  /** The request message so far, as parsed JSON. Not an object where the body is none. */
  readonly value: unknown;
  /** Protobuf bytes to be put behind those of `value`: a google.api.HttpBody as it came. */
  readonly tail: Uint8Array | undefined;
}

/** Reads a body as received. Throws a StatusError for text that is not JSON. */
export type BodyReader = (body: Uint8Array, contentType: string | undefined) => ReadBody;

/** How bodies are read. */
export interface BodyOptions {
  readonly codec: JsonCodec;
  /** Whether a google.api.HttpBody is the bytes as they came. */
  readonly rawHttpBody: boolean;
  /** What stands behind the first JSON value of a body: an error, or nothing. */
  readonly trailingBody: "reject" | "ignore";
}

/** Compiles how a binding reads its body. */
export function compileBodyReader(
  { body, method }: HttpBinding,
  { codec, rawHttpBody, trailingBody }: BodyOptions,
): BodyReader {
  if (body === undefined) return () => ({ value: {}, tail: undefined });
  if (rawHttpBody && isRaw(body, method.input)) return rawReader(body);
  const parse = parserOf(codec, body === "*" ? "" : body.name);
  const textOf = trailingBody === "ignore" ? firstJsonValue : (bytes: Uint8Array) => bytes;
  if (body === "*") {
    // The ProtoJSON of Timestamp and the like is no object: there, no body is no value.
    const none = isSpecialMessage(method.input) ? () => undefined : () => ({});
    return (bytes) => {
      const text = textOf(bytes);
      return { value: text.length === 0 ? none() : parse(text), tail: undefined };
    };
  }
  return (bytes) => {
    const value = {};
    const text = textOf(bytes);
    if (text.length > 0) setOwn(value, body.jsonName, parse(text));
    return { value, tail: undefined };
  };
}

function isRaw(body: "*" | DescField, input: DescMessage): boolean {
  if (body === "*") return isHttpBody(input);
  return body.fieldKind === "message" && isHttpBody(body.message);
}

function rawReader(body: "*" | DescField): BodyReader {
  return (data, contentType = "") => {
    const message = writeHttpBody({ contentType, data });
    return { value: {}, tail: body === "*" ? message : writeMessageField(body, message) };
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
