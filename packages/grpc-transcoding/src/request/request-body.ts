import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { HttpBinding } from "../model/schema.ts";
import { isHttpBody, writeHttpBody } from "../response/http-body.ts";

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
 * A singular message field as protobuf bytes, to be put behind a message that does not have it yet.
 * Appending to a field that is set already would not do: not every reader merges the two.
 */
function writeMessageField(field: DescField, message: Uint8Array): Uint8Array {
  const writer = new BinaryWriter();
  if (field.fieldKind === "message" && field.delimitedEncoding) {
    writer.tag(field.number, WireType.StartGroup).raw(message);
    return writer.tag(field.number, WireType.EndGroup).finish();
  }
  return writer.tag(field.number, WireType.LengthDelimited).bytes(message).finish();
}
