import type { DescField, DescMessage } from "@bufbuild/protobuf";
import type { JsonOptions } from "../json/json-codec.ts";

const maxPathLength = 1024;
const dotOutsideBrackets = /\.(?![^[]*\])/;

/**
 * A field path of a service (`book.author_id`, `items[3].zip_code`) in the names that JSON clients
 * see (`book.authorId`), as google/rpc/error_details.proto asks of BadRequest. What the message does
 * not have is left as it is, since a service may name anything.
 */
export function clientFieldPath(
  path: string,
  message: DescMessage,
  naming: JsonOptions["naming"],
): string {
  // Also bounds the split below, which looks ahead from every dot.
  if (path.length > maxPathLength) return path;
  let within: DescMessage | undefined = message;
  let atMapKey = false;
  return path
    .split(dotOutsideBrackets)
    .map((segment) => {
      if (atMapKey || within === undefined) {
        atMapKey = false;
        return segment;
      }
      const [, name = "", subscript = ""] = /^([^[]*)(.*)$/s.exec(segment) ?? [];
      const field: DescField | undefined = within.fields.find(
        (candidate) => candidate.name === name || candidate.jsonName === name,
      );
      within = field?.message;
      // A map's key stands in brackets or, as some services write it, as a segment of its own.
      atMapKey = field?.fieldKind === "map" && subscript === "";
      if (field === undefined) return segment;
      return (naming === "json" ? field.jsonName : field.name) + subscript;
    })
    .join(".");
}
