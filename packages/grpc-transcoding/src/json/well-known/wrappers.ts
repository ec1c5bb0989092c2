import { ScalarType } from "@bufbuild/protobuf";
import { skipValue } from "../../wire/skip-field.ts";
import { position, readTag } from "../../wire/varint.ts";
import { tagOf, wireTypeOf } from "../../wire/wire-type.ts";
import { capacity, grow, room } from "../output-buffer.ts";
import { zeroText } from "../to-json/default-text.ts";
import { literal, printLiteral } from "../to-json/literal.ts";
import { scalarPrinter } from "../to-json/scalar-printers.ts";
import type { Print } from "../to-json/value-printer.ts";
import { taggedScalarWriter } from "../to-wire/scalar-writers.ts";
import type { Write } from "../to-wire/value-writer.ts";

/** The scalar types of google/protobuf/wrappers.proto by message name; each has one field, `value = 1`. */
const wrapped: ReadonlyMap<string, ScalarType> = new Map([
  ["google.protobuf.DoubleValue", ScalarType.DOUBLE],
  ["google.protobuf.FloatValue", ScalarType.FLOAT],
  ["google.protobuf.Int64Value", ScalarType.INT64],
  ["google.protobuf.UInt64Value", ScalarType.UINT64],
  ["google.protobuf.Int32Value", ScalarType.INT32],
  ["google.protobuf.UInt32Value", ScalarType.UINT32],
  ["google.protobuf.BoolValue", ScalarType.BOOL],
  ["google.protobuf.StringValue", ScalarType.STRING],
  ["google.protobuf.BytesValue", ScalarType.BYTES],
]);

/** The scalar type that a wrapper message wraps; undefined for other messages. */
export function wrappedType(typeName: string): ScalarType | undefined {
  return wrapped.get(typeName);
}

/** Writes a wrapper from the JSON of its scalar. */
export function wrapperWriter(type: ScalarType): Write {
  return taggedScalarWriter(type, 1, true);
}

/** Prints a wrapper's payload as its scalar. */
export function wrapperPrinter(type: ScalarType): Print {
  const valueTag = tagOf(1, wireTypeOf(type));
  const print = scalarPrinter(type, true);
  const zero = literal(zeroText(type));
  return (b, p, end, q, depth) => {
    let valueAt = -1;
    while (p < end) {
      const tag = readTag(b, p, end);
      p = position;
      if (tag === valueTag) valueAt = p;
      p = skipValue(b, p, end, tag, depth);
    }
    if (q + room > capacity) grow(q, room);
    return valueAt < 0 ? printLiteral(q, zero) : print(b, valueAt, end, q, depth);
  };
}
