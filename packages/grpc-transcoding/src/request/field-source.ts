import { isUtf8 } from "node:buffer";
import type { DescField } from "@bufbuild/protobuf";
import { BinaryWriter, type WireType as WriterType } from "@bufbuild/protobuf/wire";
import type { FieldPath } from "../model/field-path.ts";
import type { HttpBinding } from "../model/schema.ts";
import { badRequestDetail } from "../status/error-details.ts";
import { gatewayError, StatusError } from "../status/status-error.ts";
import { compileTranscoder, type TranscoderOptions } from "../transcoder.ts";
import { compileFindField, tagOfField } from "../wire/field-finder.ts";
import { WireType } from "../wire/wire-type.ts";

/**
 * Compiles what a header or a cookie is in a request: the bytes of a message with that field alone. Behind the request's
 * own they take the place of its value (protobuf: the last one counts, and messages are merged). Throws a StatusError
 * (400) for a value that the field cannot have; it names `source`.
 */
export function compileFieldSource(
  binding: HttpBinding,
  { path, fields }: FieldPath,
  source: string,
  options: Pick<TranscoderOptions, "codec">,
): (text: string) => Buffer {
  const alone: HttpBinding = { ...binding, httpMethod: "GET", pathVariables: [], body: undefined };
  const { decodeRequest } = compileTranscoder(alone, options);
  const find = compileFindField(fields);
  const none = new Uint8Array(0);
  return (text) => {
    // Clients send UTF-8; Node has a character for each byte.
    const bytes = Buffer.from(text, "latin1");
    if (!isUtf8(bytes)) throw gatewayError(`${source} is not UTF-8`);
    try {
      const message = decodeRequest([], `${path}=${encodeURIComponent(bytes.toString())}`, none);
      // A default is not written otherwise, and the value before it would stay.
      return find(message) < 0 ? defaultOf(fields) : message;
    } catch (error) {
      throw named(error, source);
    }
  };
}

/** A message in which the field has its type's zero. */
function defaultOf(fields: readonly DescField[]): Buffer {
  let inner = new Uint8Array(0);
  for (const [i, field] of [...fields].reverse().entries()) {
    const tag = tagOfField(field);
    const writer = new BinaryWriter().tag(tag >>> 3, (tag & 7) as WriterType);
    inner = writer.raw(i === 0 ? zeroOf(tag) : wrapped(inner, tag)).finish();
  }
  return Buffer.from(inner);
}

function zeroOf(tag: number): Uint8Array {
  const lengths: Readonly<Record<number, number>> = {
    [WireType.FIXED32]: 4,
    [WireType.FIXED64]: 8,
  };
  return new Uint8Array(lengths[tag & 7] ?? 1);
}

function wrapped(content: Uint8Array, tag: number): Uint8Array {
  if ((tag & 7) !== WireType.START_GROUP) return new BinaryWriter().bytes(content).finish();
  return new BinaryWriter()
    .raw(content)
    .tag(tag >>> 3, WireType.END_GROUP as WriterType)
    .finish();
}

/** What is wrong, told of the header or cookie: it is what the client has sent. */
function named(error: unknown, source: string): unknown {
  if (!(error instanceof StatusError)) return error;
  const { message: description } = error;
  const violation = { field: source, reason: "INVALID_VALUE", description };
  return gatewayError(`${source}: ${description}`, { details: [badRequestDetail([violation])] });
}
