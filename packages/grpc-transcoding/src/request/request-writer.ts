import type { DescMessage } from "@bufbuild/protobuf";
import { type JsonCodec, JsonError } from "../json/json-codec.ts";
import type { HttpBinding } from "../model/schema.ts";
import { isObject } from "./request-value.ts";
import { badBody } from "./violations.ts";
import { isSpecialMessage } from "./well-known-message.ts";

/**
 * The bytes of a request from its parsed JSON (undefined for none) and from fields that are protobuf
 * already. Throws a StatusError for a value that is not the message's ProtoJSON.
 */
export type RequestWriter = (value: unknown, tails: readonly Uint8Array[]) => Buffer;

/**
 * Compiles the writer of a binding's request. All parts of a request become one value that is encoded
 * once: protobuf bytes of the parts, put behind each other, are not merged by every reader.
 */
export function compileRequestWriter(
  { method, body }: HttpBinding,
  codec: JsonCodec,
): RequestWriter {
  const encode = codec.toWire(method.input);
  const fromFields = body !== "*" && isSpecialMessage(method.input);
  return (value, tails) => {
    const whole = fromFields ? valueOfFields(method.input, value) : value;
    try {
      const bytes = whole === undefined ? Buffer.alloc(0) : encode(whole);
      return tails.length === 0 ? bytes : Buffer.concat([bytes, ...tails]);
    } catch (error) {
      throw error instanceof JsonError ? badBody(error, "") : error;
    }
  };
}

/** The ProtoJSON of a well-known type whose fields stood in path and query: of a wrapper, its field `value`. */
function valueOfFields({ fields }: DescMessage, value: unknown): unknown {
  if (!isObject(value) || Object.keys(value).length === 0) return undefined;
  const [only, second] = fields;
  return only?.name === "value" && second === undefined ? value[only.jsonName] : value;
}
