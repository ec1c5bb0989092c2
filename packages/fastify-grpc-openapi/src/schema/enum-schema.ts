import type { DescEnum, DescEnumValue } from "@bufbuild/protobuf";
import { enumValueName } from "grpc-transcoding/internal";
import { describe } from "../annotation/comments.ts";
import type { SchemaContext } from "../context/schema-context.ts";
import type { SchemaObject } from "../model/openapi.ts";

/**
 * The component of an enum: its names, or its numbers when the codec prints those, with the values'
 * comments as a list in the description and as `x-enum-descriptions`.
 */
export function enumSchema(desc: DescEnum, context: SchemaContext): SchemaObject {
  const values = shownValues(desc, context);
  const comments = values.map((value) => describe(context.schema, value).text);
  const schema: SchemaObject = enumValues(values, context);
  const description = [describe(context.schema, desc).text, valueList(values, comments, context)]
    .filter((part) => part !== "")
    .join("\n\n");
  if (description !== "") schema.description = description;
  if (comments.some((comment) => comment !== "")) schema["x-enum-descriptions"] = comments;
  if (desc.deprecated) schema.deprecated = true;
  return schema;
}

/** The `type` and `enum` of some values of an enum, in the form that the codec prints. */
export function enumValues(values: readonly DescEnumValue[], context: SchemaContext): SchemaObject {
  if (context.json.enums === "number") {
    const byNumber = new Map(
      values.map((value) => [value.number, enumValueName(value, context.json)]),
    );
    return {
      type: "integer",
      format: "int32",
      enum: [...byNumber.keys()],
      "x-enum-varnames": [...byNumber.values()],
    };
  }
  return { type: "string", enum: values.map((value) => enumValueName(value, context.json)) };
}

/** The values that readers may see. An enum of which nothing is visible keeps its first value: `enum` must not be empty. */
export function shownValues(desc: DescEnum, context: SchemaContext): readonly DescEnumValue[] {
  const shown = desc.values.filter(
    (value, index) =>
      context.isVisible(value) &&
      !(index === 0 && context.omitUnspecified && value.name.endsWith("_UNSPECIFIED")),
  );
  return shown.length > 0 ? shown : desc.values.slice(0, 1);
}

function valueList(
  values: readonly DescEnumValue[],
  comments: readonly string[],
  { json }: SchemaContext,
): string {
  return values
    .flatMap((value, index) => {
      const comment = comments[index]?.replace(/\s*\n\s*/g, " ");
      return comment ? [`- \`${enumValueName(value, json)}\`: ${comment}`] : [];
    })
    .join("\n");
}
