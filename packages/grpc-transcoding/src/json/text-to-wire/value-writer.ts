import type { JsonOptions } from "../json-codec.ts";
import { type MessageField, Presence } from "../message-fields.ts";
import { enumWriter, taggedEnumWriter, taggedScalarWriter } from "../to-wire/scalar-writers.ts";
import type { Write } from "../to-wire/write.ts";
import type { Read } from "./read.ts";

/** Writes a whole field: a value without parts as it is, any other through its text, as `read` takes it. */
export function valueWriter(field: MessageField, read: Read, options: JsonOptions): Write {
  const skipDefault = field.presence === Presence.IMPLICIT;
  switch (field.fieldKind) {
    case "scalar":
      return taggedScalarWriter(field.scalar, field.number, skipDefault);
    case "enum":
      return taggedEnumWriter(enumWriter(field.enum, options), field.number, skipDefault);
    default:
      return (q, value, depth) => read(Buffer.from(JSON.stringify(value)), 0, q, depth);
  }
}
