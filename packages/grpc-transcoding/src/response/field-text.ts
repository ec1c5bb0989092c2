import type { DescField } from "@bufbuild/protobuf";
import { BinaryWriter, type WireType as WriterType } from "@bufbuild/protobuf/wire";
import type { JsonCodec } from "../json/json-codec.ts";
import { Code } from "../model/code.ts";
import type { FieldPath } from "../model/field-path.ts";
import { StatusError } from "../status/status-error.ts";
import { compileFindField, tagOfField } from "../wire/field-finder.ts";
import { skipValue } from "../wire/skip-field.ts";

/** The text of a field of a message, as JSON has it but without quotes; `""` where it is not set. */
export type FieldText = (bytes: Uint8Array) => string;

/**
 * Compiles the reader of one singular field, which looks at no other. It throws a StatusError (INTERNAL) for
 * bytes that are no message.
 */
export function compileFieldText(
  { fields }: FieldPath,
  codec: Pick<JsonCodec, "fieldToJson">,
): FieldText {
  const field = fields.at(-1) as DescField;
  const find = compileFindField(fields);
  const print = codec.fieldToJson(field);
  const tag = tagOfField(field);
  const tagBytes = new BinaryWriter().tag(tag >>> 3, (tag & 7) as WriterType).finish();
  return (bytes) => {
    try {
      const at = find(bytes);
      if (at < 0) return "";
      // A message with this field alone, which the codec prints as it prints the whole.
      const value = bytes.subarray(at, skipValue(bytes, at, bytes.length, tag, 0));
      const json: unknown = JSON.parse(print(Buffer.concat([tagBytes, value])).toString());
      return String(json);
    } catch (cause) {
      const text = `the upstream's response is not a ${fields[0].parent.typeName}`;
      throw new StatusError(Code.INTERNAL, text, { origin: "upstream", cause });
    }
  };
}
