import type { DescField, DescMessage, DescOneof } from "@bufbuild/protobuf";
import type { Annotations } from "../annotation/annotations.ts";

/** A CEL rule of protovalidate: an expression that must hold, and how to say that it does not. */
export interface CelRule {
  readonly id?: string;
  readonly message?: string;
  readonly expression?: string;
}

/**
 * The rules of one field as ProtoJSON of `buf.validate.FieldRules` (protovalidate), or of
 * `validate.FieldRules` (protoc-gen-validate), which agree on the names used here.
 */
export interface FieldRules {
  readonly required?: boolean;
  readonly ignore?: string;
  readonly cel?: readonly CelRule[];
  /** Expressions without id and message. */
  readonly celExpression?: readonly string[];
  readonly string?: TypeRules;
  readonly bytes?: TypeRules;
  readonly bool?: TypeRules;
  readonly enum?: TypeRules;
  readonly repeated?: TypeRules & { readonly items?: FieldRules };
  readonly map?: TypeRules & { readonly keys?: FieldRules; readonly values?: FieldRules };
  readonly message?: { readonly required?: boolean; readonly skip?: boolean };
  readonly [type: string]: unknown;
}

/** The rules of one type by name; numbers may come as strings. */
export type TypeRules = Readonly<Record<string, unknown>>;

/** The rules of a field; undefined without any. */
export function fieldRules(annotations: Annotations, field: DescField): FieldRules | undefined {
  const rules =
    annotations.read(field, "buf.validate.field") ?? annotations.read(field, "validate.rules");
  return rules as FieldRules | undefined;
}

/** Whether a oneof must have a member: `(buf.validate.oneof).required` or `(validate.required)`. */
export function isRequiredOneof(annotations: Annotations, oneof: DescOneof): boolean {
  const rules = annotations.read(oneof, "buf.validate.oneof") as { required?: boolean } | undefined;
  return rules?.required === true || annotations.read(oneof, "validate.required") === true;
}

/** `(buf.validate.message)`. */
export interface MessageRules {
  readonly cel?: readonly CelRule[];
  readonly celExpression?: readonly string[];
  /** Groups of fields by proto name, of which at most one, or exactly one, is set. */
  readonly oneof?: readonly { readonly fields: readonly string[]; readonly required?: boolean }[];
}

/** The rules of a message as a whole. */
export function messageRules(annotations: Annotations, message: DescMessage): MessageRules {
  return (annotations.read(message, "buf.validate.message") ?? {}) as MessageRules;
}

/** Whether the rules say that the field must be set. */
export function isRequiredByRules(rules: FieldRules): boolean {
  if (rules.ignore === "IGNORE_ALWAYS") return false;
  return rules.required === true || rules.message?.required === true;
}

/** Whether a zero value is exempt from the rules. */
export function ignoresZero(rules: FieldRules): boolean {
  const type = Object.values(rules).find((value) => typeof value === "object") as TypeRules;
  return (
    ["IGNORE_IF_ZERO_VALUE", "IGNORE_IF_DEFAULT_VALUE", "IGNORE_EMPTY"].includes(
      rules.ignore ?? "",
    ) || type?.ignoreEmpty === true
  );
}

/** All CEL rules of a field or message. */
export function celRules(rules: Pick<FieldRules, "cel" | "celExpression">): readonly CelRule[] {
  const bare = (rules.celExpression ?? []).map((expression) => ({ expression }));
  return [...(rules.cel ?? []), ...bare];
}

/** A CEL rule in words. */
export function celText({ message, expression }: CelRule): string {
  return message ? `Rule: ${message}` : `Rule: \`${expression}\``;
}
