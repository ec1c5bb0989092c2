import type { DescField } from "@bufbuild/protobuf";
import type { HttpBinding, QueryDialect } from "grpc-transcoding";
import type { DocumentContext } from "../context/document-context.ts";
import { restOf } from "../context/rest-of.ts";
import { fieldName } from "../model/field-name.ts";
import type { ParameterObject } from "../model/openapi.ts";

/** How the query of a binding is spelt. */
export function queryDialectOf(binding: HttpBinding, context: DocumentContext): QueryDialect {
  const plain: QueryDialect = { arrays: "repeat", objects: "dot", messages: false };
  return { ...plain, ...context.source.query, ...restOf(binding, context).query };
}

/** The name of a parameter, of the first item where its way leads through a list of messages. */
export function parameterName(
  path: readonly DescField[],
  { arrays, objects }: QueryDialect,
  { json }: DocumentContext,
): string {
  const names = path.map((field, i) => {
    const name = fieldName(field, json);
    const step = i === 0 ? name : objects === "brackets" ? `[${name}]` : `.${name}`;
    return isItem(field) && i < path.length - 1 ? `${step}[0]` : step;
  });
  const isList = path.at(-1)?.fieldKind === "list";
  return names.join("") + (isList && arrays === "brackets" ? "[]" : "");
}

/** Whether a parameter's way leads through a list of messages, whose items it numbers. */
export function hasItems(path: readonly DescField[]): boolean {
  return path.slice(0, -1).some(isItem);
}

function isItem({ fieldKind, message }: DescField): boolean {
  return fieldKind === "list" && message !== undefined;
}

/** How a parameter's values stand in the query (OpenAPI, Style Values). */
export function parameterStyle(
  { fieldKind }: DescField,
  { arrays }: QueryDialect,
): Pick<ParameterObject, "style" | "explode"> {
  if (fieldKind === "list") return { style: "form", explode: arrays !== "csv" };
  return fieldKind === "map" ? { style: "deepObject", explode: true } : {};
}
