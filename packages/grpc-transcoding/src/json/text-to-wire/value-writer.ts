import { tagOf, WireType } from "../../wire/wire-type.ts";
import type { JsonOptions } from "../json-codec.ts";
import type { MessageField } from "../message-fields.ts";
import { Presence } from "../message-members.ts";
import { printJson } from "../print-json.ts";
import { enumWriter, taggedEnumWriter, taggedScalarWriter } from "../to-wire/scalar-writers.ts";
import type { Write } from "../to-wire/write.ts";
import { closeLength, writeVarint32 } from "../to-wire/write-varint.ts";
import { leafWriter } from "../well-known/leaf-writers.ts";
import type { Read } from "./read.ts";

/** Writes a whole field: a value without parts as it is, any other through its text, as `read` takes it. */
export function valueWriter(field: MessageField, read: Read, options: JsonOptions): Write {
  const skipDefault = field.presence === Presence.IMPLICIT;
  switch (field.fieldKind) {
    case "scalar":
      return taggedScalarWriter(field.scalar, field.number, skipDefault);
    case "enum":
      return taggedEnumWriter(enumWriter(field.enum, options), field.number, skipDefault);
    case "message": {
      const write = field.delimitedEncoding ? undefined : leafWriter(field.message);
      if (write === undefined) break;
      const tag = tagOf(field.number, WireType.LENGTH);
      return (q, value, depth) => {
        const start = writeVarint32(q, tag);
        return closeLength(start, 1, write(start + 1, value, depth));
      };
    }
  }
  return (q, value, depth) => read(Buffer.from(printJson(value)), 0, q, depth);
}
