import type { DescField, DescMessage } from "@bufbuild/protobuf";
import type { SchemaContext } from "../context/schema-context.ts";
import { fieldName } from "../model/field-name.ts";
import type { SchemaObject } from "../model/openapi.ts";
import { isRequiredOneof, type MessageRules } from "../validate/field-rules.ts";

/** One oneof of a message with the JSON names of its members that stand in the schema. */
interface OneofGroup {
  readonly name: string;
  readonly fields: readonly string[];
  readonly required: boolean;
}

/**
 * Adds what the oneofs of a message demand: at most one member of each, or exactly one where rules
 * say so. Branches only say which property is present, so that the plain `properties` stay usable in
 * generated clients. `ruled` are oneofs by validation rule, over fields by proto name.
 */
export function applyOneofs(
  target: SchemaObject,
  message: DescMessage,
  fields: readonly DescField[],
  ruled: NonNullable<MessageRules["oneof"]>,
  context: SchemaContext,
): void {
  const jsonNames = (isMember: (field: DescField) => boolean): string[] =>
    fields.filter(isMember).map((field) => fieldName(field, context.json));
  const groups: OneofGroup[] = [
    ...message.oneofs.map((oneof) => ({
      name: oneof.name,
      fields: jsonNames((field) => field.oneof === oneof),
      required: isRequiredOneof(context.annotations, oneof),
    })),
    ...ruled.map((rule) => ({
      name: rule.fields.join("_or_"),
      fields: jsonNames((field) => rule.fields.includes(field.name)),
      required: rule.required === true,
    })),
  ].filter((group) => group.fields.length > 0);
  if (groups.length === 0) return;

  target["x-oneof"] = groups.map(({ name, fields }) => ({ name, fields }));
  const sentences = groups.map(groupSentence).filter((sentence) => sentence !== "");
  if (sentences.length > 0) {
    target.description = [target.description, ...sentences].filter(Boolean).join("\n\n");
  }
  const alternatives = groups
    .filter((group) => group.fields.length > 1 || group.required)
    .map((group) => ({ oneOf: branches(group, context.oneof) }));
  const [only] = alternatives;
  if (alternatives.length === 1 && only) target.oneOf = only.oneOf;
  else if (alternatives.length > 1) target.allOf = [...(target.allOf ?? []), ...alternatives];
}

function branches(group: OneofGroup, style: SchemaContext["oneof"]): SchemaObject[] {
  const members: SchemaObject[] = group.fields.map((name) => ({ required: [name] }));
  if (group.required || style === "union") return members;
  return [{ not: { anyOf: members.map((member) => ({ ...member })) } }, ...members];
}

function groupSentence(group: OneofGroup): string {
  if (group.fields.length < 2 && !group.required) return "";
  const names = group.fields.map((name) => `\`${name}\``).join(", ");
  return `${group.required ? "Exactly" : "At most"} one of ${names} is set (oneof \`${group.name}\`).`;
}
