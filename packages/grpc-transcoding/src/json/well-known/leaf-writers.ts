import type { DescMessage } from "@bufbuild/protobuf";
import { taggedScalarWriter } from "../to-wire/scalar-writers.ts";
import type { Write } from "../to-wire/write.ts";
import { writeDuration } from "./duration.ts";
import { writeFieldMask } from "./field-mask.ts";
import { writeTimestamp } from "./timestamp.ts";
import { wrappedType } from "./wrappers.ts";

const writers: ReadonlyMap<string, Write> = new Map([
  ["google.protobuf.Timestamp", writeTimestamp],
  ["google.protobuf.Duration", writeDuration],
  ["google.protobuf.FieldMask", writeFieldMask],
]);

/** The writer of a well-known message whose ProtoJSON is one string, number or bool; undefined for others. */
export function leafWriter(message: DescMessage): Write | undefined {
  const scalar = wrappedType(message.typeName);
  return scalar === undefined ? writers.get(message.typeName) : taggedScalarWriter(scalar, 1, true);
}
