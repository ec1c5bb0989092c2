import type { DescField } from "@bufbuild/protobuf";
import type { Annotations } from "./annotations.ts";

/** The values of google.api.FieldBehavior that a document tells (AIP-203). */
export type FieldBehavior =
  | "OPTIONAL"
  | "REQUIRED"
  | "OUTPUT_ONLY"
  | "INPUT_ONLY"
  | "IMMUTABLE"
  | "UNORDERED_LIST"
  | "NON_EMPTY_DEFAULT"
  | "IDENTIFIER";

const none: ReadonlySet<FieldBehavior> = new Set();

/** `(google.api.field_behavior)` of a field; empty when it has none. */
export function fieldBehavior(
  annotations: Annotations,
  field: DescField,
): ReadonlySet<FieldBehavior> {
  const values = annotations.read(field, "google.api.field_behavior");
  return Array.isArray(values) ? new Set(values as FieldBehavior[]) : none;
}
