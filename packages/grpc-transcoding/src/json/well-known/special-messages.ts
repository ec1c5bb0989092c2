import type { DescMessage } from "@bufbuild/protobuf";

// Their ProtoJSON is one string, number or bool (protobuf.dev/programming-guides/json).
const textual: ReadonlySet<string> = new Set([
  "google.protobuf.Timestamp",
  "google.protobuf.Duration",
  "google.protobuf.FieldMask",
  "google.protobuf.DoubleValue",
  "google.protobuf.FloatValue",
  "google.protobuf.Int64Value",
  "google.protobuf.UInt64Value",
  "google.protobuf.Int32Value",
  "google.protobuf.UInt32Value",
  "google.protobuf.BoolValue",
  "google.protobuf.StringValue",
  "google.protobuf.BytesValue",
]);

const dynamic: ReadonlySet<string> = new Set([
  "google.protobuf.Any",
  "google.protobuf.Struct",
  "google.protobuf.Value",
  "google.protobuf.ListValue",
]);

/** Whether a message's ProtoJSON is one scalar: Timestamp, Duration, FieldMask and the wrappers. */
export function isTextualMessage(message: DescMessage): boolean {
  return textual.has(message.typeName);
}

/** Whether a message has a ProtoJSON of its own, so that its fields cannot be named one by one. */
export function isSpecialMessage(message: DescMessage): boolean {
  return textual.has(message.typeName) || dynamic.has(message.typeName);
}

/** Whether a message is any JSON object or value: google.protobuf.Struct or Value. */
export function isStruct({ typeName }: DescMessage): boolean {
  return typeName === "google.protobuf.Struct" || typeName === "google.protobuf.Value";
}
