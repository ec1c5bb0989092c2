import type { SchemaObject } from "../model/openapi.ts";
import type { TypeRules } from "../validate/field-rules.ts";
import { numberOf } from "./string-rules.ts";

/** Keywords for the limits of a number. A lower limit above the upper one means "outside of both". */
export function numberKeywords(rules: TypeRules): SchemaObject {
  const lower: SchemaObject = {};
  const upper: SchemaObject = {};
  const gt = numberOf(rules.gt);
  const gte = numberOf(rules.gte);
  const lt = numberOf(rules.lt);
  const lte = numberOf(rules.lte);
  if (gt !== undefined) lower.exclusiveMinimum = gt;
  if (gte !== undefined) lower.minimum = gte;
  if (lt !== undefined) upper.exclusiveMaximum = lt;
  if (lte !== undefined) upper.maximum = lte;
  const from = gt ?? gte;
  const to = lt ?? lte;
  if (from !== undefined && to !== undefined && from > to) return { anyOf: [lower, upper] };
  return { ...lower, ...upper };
}
