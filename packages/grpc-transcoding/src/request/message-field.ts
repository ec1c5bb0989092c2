import type { DescField } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/**
 * A singular message field as protobuf bytes, to be put behind a message that does not have it yet.
 * Appending to a field that is set already would not do: not every reader merges the two.
 */
export function writeMessageField(field: DescField, message: Uint8Array): Uint8Array {
  const writer = new BinaryWriter();
  if (field.fieldKind === "message" && field.delimitedEncoding) {
    writer.tag(field.number, WireType.StartGroup).raw(message);
    return writer.tag(field.number, WireType.EndGroup).finish();
  }
  return writer.tag(field.number, WireType.LengthDelimited).bytes(message).finish();
}
