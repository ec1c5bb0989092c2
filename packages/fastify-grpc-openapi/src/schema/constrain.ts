import { type DescEnum, type DescField, ScalarType } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import type { SchemaContext } from "../context/schema-context.ts";
import type { SchemaObject } from "../model/openapi.ts";
import {
  type FieldRules,
  ignoresZero,
  isRequiredByRules,
  type TypeRules,
} from "../validate/field-rules.ts";
import { enumValues, shownValues } from "./enum-schema.ts";
import { numberKeywords } from "./number-rules.ts";
import { is64Bit } from "./scalar-schema.ts";
import { numberOf, stringKeywords } from "./string-rules.ts";
import { isWrapper } from "./well-known-types.ts";

/** What a value is, as far as rules ask. */
interface ValueType {
  readonly scalar: ScalarType | undefined;
  readonly enum: DescEnum | undefined;
}

/** A field's value schema with its validation rules as JSON Schema keywords. */
export function constrain(
  schema: SchemaObject,
  field: DescField,
  rules: FieldRules,
  context: SchemaContext,
): SchemaObject {
  if (rules.ignore === "IGNORE_ALWAYS") return schema;
  if (field.fieldKind === "list") return constrainList(schema, field, rules, context);
  if (field.fieldKind === "map") return constrainMap(schema, field, rules, context);
  const constrained = constrainValue(schema, rules, valueType(field), context);
  return isRequiredByRules(rules) ? nonZero(constrained, field) : constrained;
}

/** Whether a field of implicit presence fails its rules when it is left out, since its zero does. */
export function refusesZero(schema: SchemaObject, rules: FieldRules): boolean {
  if (ignoresZero(rules) || rules.ignore === "IGNORE_ALWAYS") return false;
  if ((schema.minLength ?? schema.minItems ?? schema.minProperties ?? 0) > 0) return true;
  if ((schema.minimum ?? 0) > 0 || Number(schema.exclusiveMinimum ?? -1) >= 0) return true;
  return (schema.maximum ?? 0) < 0 || Number(schema.exclusiveMaximum ?? 1) <= 0;
}

function constrainList(
  schema: SchemaObject,
  field: DescField,
  { repeated = {} }: FieldRules,
  context: SchemaContext,
): SchemaObject {
  const items = repeated.items
    ? constrainValue(schema.items ?? {}, repeated.items, valueType(field), context)
    : schema.items;
  return {
    ...schema,
    ...(items && { items }),
    ...limits(repeated, { minItems: "minItems", maxItems: "maxItems" }),
    ...(repeated.unique === true && { uniqueItems: true }),
  };
}

function constrainMap(
  schema: SchemaObject,
  field: DescField,
  { map = {} }: FieldRules,
  context: SchemaContext,
): SchemaObject {
  const values = schema.additionalProperties as SchemaObject;
  const keys = map.keys?.string ? stringRuleKeywords(map.keys.string) : undefined;
  return {
    ...schema,
    ...(map.values && {
      additionalProperties: constrainValue(values, map.values, valueType(field), context),
    }),
    ...(keys && { propertyNames: keys }),
    ...limits(map, { minProperties: "minPairs", maxProperties: "maxPairs" }),
  };
}

function limits(rules: TypeRules, names: Readonly<Record<string, string>>): SchemaObject {
  return Object.fromEntries(
    Object.entries(names).flatMap(([keyword, rule]) => {
      const value = numberOf(rules[rule]);
      return value === undefined ? [] : [[keyword, value]];
    }),
  );
}

function constrainValue(
  schema: SchemaObject,
  rules: FieldRules,
  type: ValueType,
  context: SchemaContext,
): SchemaObject {
  if (rules.enum && type.enum) return enumSubset(schema, type.enum, rules.enum, context);
  const keywords = valueKeywords(rules, type.scalar);
  if (Object.keys(keywords).length === 0) return schema;
  if (!ignoresZero(rules)) return { ...schema, ...keywords };
  const zero = schema.type === "string" ? "" : schema.type === "boolean" ? false : 0;
  return { ...schema, anyOf: [{ enum: [zero] }, keywords] };
}

function valueKeywords(rules: FieldRules, scalar: ScalarType | undefined): SchemaObject {
  if (rules.string && scalar === ScalarType.STRING) return stringRuleKeywords(rules.string);
  if (rules.bool && scalar === ScalarType.BOOL) return listed(rules.bool, (value) => value);
  if (scalar === undefined) {
    const bounds = rules.duration ?? rules.timestamp;
    return bounds === undefined ? {} : { "x-buf-validate": bounds };
  }
  // Their lengths are of the decoded bytes.
  if (scalar === ScalarType.BYTES) return {};
  const numeric = rules[ruleName(scalar)] as TypeRules | undefined;
  if (numeric === undefined) return {};
  if (!is64Bit(scalar)) return { ...numberKeywords(numeric), ...listed(numeric, Number) };
  // JSON carries 64-bit integers as strings, which numeric keywords say nothing about.
  const bounds = Object.entries(numeric).filter(([rule]) => /^[gl]te?$/.test(rule));
  return {
    ...listed(numeric, String),
    ...(bounds.length > 0 && { "x-buf-validate": Object.fromEntries(bounds) }),
  };
}

function stringRuleKeywords(rules: TypeRules): SchemaObject {
  const keywords = stringKeywords(rules);
  const { not, ...values } = listed(rules, (value) => value);
  if (not === undefined) return { ...keywords, ...values };
  return { ...keywords, ...values, not: keywords.not ? { anyOf: [keywords.not, not] } : not };
}

/** `const`, `in` and `not_in`. */
function listed(rules: TypeRules, toJson: (value: unknown) => unknown): SchemaObject {
  const allowed = rules.const === undefined ? rules.in : [rules.const];
  return {
    ...(Array.isArray(allowed) && allowed.length > 0 && { enum: allowed.map(toJson) }),
    ...(Array.isArray(rules.notIn) &&
      rules.notIn.length > 0 && { not: { enum: rules.notIn.map(toJson) } }),
  };
}

function enumSubset(
  schema: SchemaObject,
  desc: DescEnum,
  rules: TypeRules,
  context: SchemaContext,
): SchemaObject {
  const allowed = rules.const === undefined ? rules.in : [rules.const];
  const refused = (rules.notIn ?? []) as readonly number[];
  if (allowed === undefined && refused.length === 0) return schema;
  const values = shownValues(desc, context).filter(
    ({ number }) =>
      !refused.includes(number) && (!Array.isArray(allowed) || allowed.includes(number)),
  );
  return values.length === 0 ? schema : enumValues(values, context);
}

/** A required field without presence must not be zero: that is how it would be unset. */
function nonZero(schema: SchemaObject, field: DescField): SchemaObject {
  if (field.scalar === ScalarType.STRING && field.presence === FeatureSet_FieldPresence.IMPLICIT) {
    return { ...schema, minLength: Math.max(1, schema.minLength ?? 0) };
  }
  return schema;
}

function valueType(field: DescField): ValueType {
  const wrapped = field.message && isWrapper(field.message.typeName) && field.message.fields[0];
  const holder = wrapped || field;
  return { scalar: holder.scalar, enum: holder.enum };
}

/** The member of FieldRules for a scalar: `int32`, `sfixed64`, ... */
function ruleName(scalar: ScalarType): string {
  return ScalarType[scalar].toLowerCase();
}
