import type { DescMessage } from "@bufbuild/protobuf";
import { type JsonCodec, JsonError } from "../json/json-codec.ts";
import { isSpecialMessage } from "../json/well-known/special-messages.ts";
import type { HttpBinding } from "../model/schema.ts";
import type { FieldViolation } from "../status/error-details.ts";
import { bindPath, type PathField } from "./bind-path.ts";
import type { QueryBinder } from "./bind-query.ts";
import { type FieldMaskInference, writeFieldMask } from "./infer-field-mask.ts";
import { writeMessageField } from "./message-field.ts";
import type { BodyParser } from "./request-body.ts";
import { fieldValue, isObject } from "./request-value.ts";
import { badBody, badRequest } from "./violations.ts";

/** How the parts of a request become values. */
export interface ValueParts {
  readonly parseBody: BodyParser;
  readonly pathFields: readonly PathField[];
  readonly bindQuery: QueryBinder;
  readonly inference: FieldMaskInference | undefined;
}

/**
 * The bytes of a request by way of its values. Throws a StatusError with all that is wrong; `ofForm` is what
 * was found in the form that the query comes from.
 */
export type ValuesReader = (
  captures: readonly string[],
  query: string,
  body: Uint8Array,
  ofForm: readonly FieldViolation[],
) => Buffer;

/** Compiles the way of requests that are wrong, or rare. */
export function compileValuesReader(
  { method, body }: HttpBinding,
  codec: JsonCodec,
  { parseBody, pathFields, bindQuery, inference }: ValueParts,
): ValuesReader {
  const toWire = codec.toWire(method.input);
  const isFields = body !== "*" && isSpecialMessage(method.input);

  function encode(value: unknown): Buffer {
    const whole = isFields ? valueOfFields(method.input, value) : value;
    try {
      return whole === undefined ? Buffer.alloc(0) : toWire(whole);
    } catch (error) {
      throw error instanceof JsonError ? badBody(error, "") : error;
    }
  }

  return (captures, query, text, ofForm) => {
    const value = parseBody(text);
    if (!isObject(value)) return encode(value);
    const violations: FieldViolation[] = [];
    // Before the path is bound: what only the path says is no change that the client asks for.
    const maskPaths = inference?.pathsOfValue(value, violations) ?? [];
    bindPath(pathFields, captures, value, violations);
    violations.push(...ofForm);
    if (query !== "") bindQuery(query, value, violations);
    if (violations.length > 0) throw badRequest(violations);
    const bytes = encode(value);
    if (inference === undefined || maskPaths.length === 0) return bytes;
    const { field } = inference;
    if (fieldValue(value, field) !== undefined) return bytes;
    return Buffer.concat([bytes, writeMessageField(field, writeFieldMask(maskPaths))]);
  };
}

/** The ProtoJSON of a well-known type whose fields stood in path and query: of a wrapper, its field `value`. */
function valueOfFields({ fields }: DescMessage, value: unknown): unknown {
  if (!isObject(value) || Object.keys(value).length === 0) return undefined;
  const [only, second] = fields;
  return only?.name === "value" && second === undefined ? value[only.jsonName] : value;
}
