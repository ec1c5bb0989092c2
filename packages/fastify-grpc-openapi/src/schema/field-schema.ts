import type { DescField } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import { describe } from "../annotation/comments.ts";
import { fieldBehavior } from "../annotation/field-behavior.ts";
import { resourceReferenceOf } from "../annotation/resource.ts";
import type { SchemaContext } from "../context/schema-context.ts";
import type { SchemaObject } from "../model/openapi.ts";
import { applyOverlays, isRequiredByOverlay } from "../overlay/overlays.ts";
import { celRules, celText, fieldRules, isRequiredByRules } from "../validate/field-rules.ts";
import { constrain, refusesZero } from "./constrain.ts";
import { valueSchema } from "./value-schema.ts";

/** The property of a field: its value with its documentation. */
export function fieldSchema(field: DescField, context: SchemaContext): SchemaObject {
  const value = constrainedValue(field, context);
  const schema = printsNull(field, context) ? orNull(value) : value;
  const property = { ...schema, ...fieldDocumentation(field, context) };
  return applyOverlays(property, "property", field, context.annotations);
}

/** The value of a field with what its validation rules demand of it. */
export function constrainedValue(field: DescField, context: SchemaContext): SchemaObject {
  const value = { ...valueSchema(field, context), ...formatOf(field, context) };
  const rules = fieldRules(context.annotations, field);
  return rules === undefined ? value : constrain(value, field, rules, context);
}

const formats: Readonly<Record<string, SchemaObject>> = {
  UUID4: { format: "uuid" },
  IPV4: { format: "ipv4" },
  IPV6: { format: "ipv6" },
  IPV4_OR_IPV6: { anyOf: [{ format: "ipv4" }, { format: "ipv6" }] },
};

/** `(google.api.field_info).format` of a string (AIP-202). */
function formatOf(field: DescField, { annotations }: SchemaContext): SchemaObject {
  if (field.fieldKind !== "scalar") return {};
  const info = annotations.read(field, "google.api.field_info") as { format?: string } | undefined;
  return formats[info?.format ?? ""] ?? {};
}

/** What readers should know of a field beside the form of its value. */
export function fieldDocumentation(field: DescField, context: SchemaContext): SchemaObject {
  const documentation: SchemaObject = {};
  const behavior = fieldBehavior(context.annotations, field);
  const notes: string[] = [describe(context.schema, field).text];
  if (field.deprecated || field.parent.deprecated || field.parent.file.deprecated)
    documentation.deprecated = true;
  const readOnly = behavior.has("OUTPUT_ONLY");
  if (readOnly !== behavior.has("INPUT_ONLY")) {
    documentation[readOnly ? "readOnly" : "writeOnly"] = true;
  }
  if (behavior.has("IMMUTABLE")) {
    documentation["x-google-immutable"] = true;
    notes.push("Immutable: cannot be changed once set.");
  }
  if (behavior.has("IDENTIFIER")) {
    documentation["x-google-identifier"] = true;
    notes.push("Identifier of the resource.");
  }
  if (behavior.has("UNORDERED_LIST")) documentation["x-google-unordered-list"] = true;
  if (behavior.has("NON_EMPTY_DEFAULT")) documentation["x-google-non-empty-default"] = true;
  const reference = resourceReferenceOf(context.annotations, field);
  if (reference !== undefined) documentation["x-google-resource-reference"] = reference;
  const cel = celRules(fieldRules(context.annotations, field) ?? {});
  if (cel.length > 0) {
    documentation["x-buf-validate-cel"] = cel;
    notes.push(...cel.map(celText));
  }
  const description = notes.filter((note) => note !== "").join("\n\n");
  if (description !== "") documentation.description = description;
  return documentation;
}

/**
 * Whether a message must have the field: REQUIRED (AIP-203), required by its syntax, or by validation
 * rules that its zero value does not pass. Members of oneofs never are.
 */
export function isRequired(field: DescField, context: SchemaContext): boolean {
  if (field.presence === FeatureSet_FieldPresence.LEGACY_REQUIRED) return true;
  if (field.oneof !== undefined) return false;
  if (fieldBehavior(context.annotations, field).has("REQUIRED")) return true;
  if (isRequiredByOverlay(field, context.annotations)) return true;
  const rules = fieldRules(context.annotations, field);
  if (rules === undefined) return false;
  if (isRequiredByRules(rules)) return true;
  const alwaysChecked = field.presence === FeatureSet_FieldPresence.IMPLICIT;
  return alwaysChecked && refusesZero(constrain({}, field, rules, context), rules);
}

/** Whether the codec leaves the field out of a message although it has a value, its zero. */
export function mayBeOmitted(field: DescField, context: SchemaContext): boolean {
  return context.json.emit === "set" && field.presence === FeatureSet_FieldPresence.IMPLICIT;
}

// EmitUnpopulated prints null for unset messages and optionals; never within a oneof.
function printsNull(field: DescField, context: SchemaContext): boolean {
  return (
    context.json.emit === "all" &&
    field.oneof === undefined &&
    field.fieldKind !== "list" &&
    field.fieldKind !== "map" &&
    field.presence !== FeatureSet_FieldPresence.IMPLICIT
  );
}

function orNull(schema: SchemaObject): SchemaObject {
  if (schema.$ref === undefined && typeof schema.type === "string" && schema.enum === undefined) {
    return schema.type === "null" ? schema : { ...schema, type: [schema.type, "null"] };
  }
  const isAnything = Object.keys(schema).length === 0;
  return isAnything ? schema : { anyOf: [schema, { type: "null" }] };
}
