import type { DescExtension, DescField, DescMessage } from "@bufbuild/protobuf";
import { describe } from "../annotation/comments.ts";
import { resourceOf } from "../annotation/resource.ts";
import type { SchemaContext } from "../context/schema-context.ts";
import { fieldName } from "../model/field-name.ts";
import type { SchemaObject } from "../model/openapi.ts";
import { celRules, celText, messageRules } from "../validate/field-rules.ts";
import { fieldDocumentation, fieldSchema, isRequired, mayBeOmitted } from "./field-schema.ts";
import type { FieldTree } from "./field-tree.ts";
import { applyOneofs } from "./oneof-schema.ts";
import { elementSchema } from "./value-schema.ts";

const nothing: FieldTree = new Map();

/**
 * The object schema of a message. `except` are fields that stand elsewhere in the request: they are
 * left out, together with messages of which nothing is left.
 */
export function messageSchema(
  message: DescMessage,
  context: SchemaContext,
  except: FieldTree = nothing,
): SchemaObject {
  const schema: SchemaObject = { type: "object" };
  const description = describe(context.schema, message).text;
  if (description !== "") schema.description = description;
  if (message.deprecated || message.file.deprecated) schema.deprecated = true;
  const resource = resourceOf(context.annotations, message);
  if (resource !== undefined) schema["x-google-resource"] = resource;

  const fields = message.fields.filter(
    (field) => context.isVisible(field) && except.get(field) !== true,
  );
  const properties: [string, SchemaObject][] = [];
  const required: string[] = [];
  for (const field of fields) {
    const name = fieldName(field, context.json);
    const property = propertyOf(field, context, except.get(field));
    if (property === undefined) continue;
    properties.push([name, property]);
    const certain = !(mayBeOmitted(field, context) && context.isResponseMessage(message));
    if (isRequired(field, context) && certain) required.push(name);
  }
  for (const extension of extensionsOf(message, context)) {
    properties.push([`[${extension.typeName}]`, extensionSchema(extension, context)]);
  }
  if (properties.length > 0) schema.properties = Object.fromEntries(properties);
  if (required.length > 0) schema.required = required;
  const rules = messageRules(context.annotations, message);
  applyOneofs(schema, message, fields, rules.oneof ?? [], context);
  const cel = celRules(rules);
  if (cel.length > 0) {
    schema["x-buf-validate-cel"] = cel;
    schema.description = [schema.description, ...cel.map(celText)].filter(Boolean).join("\n\n");
  }
  return schema;
}

function propertyOf(
  field: DescField,
  context: SchemaContext,
  except: FieldTree | true | undefined,
): SchemaObject | undefined {
  if (except === undefined || except === true || field.message === undefined) {
    return fieldSchema(field, context);
  }
  const partial = messageSchema(field.message, context, except);
  if (partial.properties === undefined) return undefined;
  return { ...partial, ...fieldDocumentation(field, context) };
}

// JSON keys of extensions are their bracketed full names (ProtoJSON).
function extensionsOf(message: DescMessage, context: SchemaContext): readonly DescExtension[] {
  if (message.proto.extensionRange.length === 0) return [];
  return [...context.schema.registry].filter(
    (type) => type.kind === "extension" && type.extendee.typeName === message.typeName,
  ) as DescExtension[];
}

function extensionSchema(extension: DescExtension, context: SchemaContext): SchemaObject {
  // The two kinds of descriptors differ only in what this never reads: parent and oneof.
  const element = elementSchema(extension as unknown as DescField, context);
  const value: SchemaObject =
    extension.fieldKind === "list" ? { type: "array", items: element } : element;
  const description = describe(context.schema, extension).text;
  return description === "" ? value : { ...value, description };
}
