import type { DescField } from "@bufbuild/protobuf";
import type { JsonOptions } from "grpc-transcoding";

/** The key of a field in JSON, as the codec prints it. */
export function fieldName(field: DescField, json: JsonOptions): string {
  return json.naming === "proto" ? field.name : field.jsonName;
}

/** A dotted path in the names of the JSON: `book.authorId`. */
export function fieldPathName(fields: readonly DescField[], json: JsonOptions): string {
  return fields.map((field) => fieldName(field, json)).join(".");
}
