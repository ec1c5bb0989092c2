import type { SchemaObject } from "../model/openapi.ts";

/** Sign, seconds up to 315,576,000,000, fraction up to nanoseconds, as ProtoJSON writes a Duration. */
const durationPattern = "^-?(?:0|[1-9][0-9]{0,11})(?:\\.[0-9]{1,9})?s$";

const schemas: Readonly<Record<string, () => SchemaObject>> = {
  "google.protobuf.Timestamp": () => ({ type: "string", format: "date-time" }),
  "google.protobuf.Duration": () => ({ type: "string", pattern: durationPattern }),
  "google.protobuf.FieldMask": () => ({ type: "string" }),
  "google.protobuf.Struct": () => ({ type: "object", additionalProperties: true }),
  "google.protobuf.Value": () => ({}),
  "google.protobuf.ListValue": () => ({ type: "array", items: {} }),
  "google.protobuf.Empty": () => ({ type: "object", additionalProperties: false }),
};

const wrappers: ReadonlySet<string> = new Set(
  ["Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes"].map(
    (name) => `google.protobuf.${name}Value`,
  ),
);

/** How a message of its own JSON form looks (ProtoJSON's table); undefined for an ordinary message. */
export function wellKnownSchema(typeName: string): SchemaObject | undefined {
  return schemas[typeName]?.();
}

/** Whether a message is one of google/protobuf/wrappers.proto, whose JSON is that of its `value`. */
export function isWrapper(typeName: string): boolean {
  return wrappers.has(typeName);
}

/** Whether a message's JSON is one string, so that it fits a path or query parameter. */
export function isStringMessage(typeName: string): boolean {
  return (
    typeName === "google.protobuf.Timestamp" ||
    typeName === "google.protobuf.Duration" ||
    typeName === "google.protobuf.FieldMask"
  );
}

/** Whether a message has a JSON form of its own that no flat parameter can carry. */
export function isOpaqueMessage(typeName: string): boolean {
  return typeName in schemas || typeName === "google.protobuf.Any";
}
