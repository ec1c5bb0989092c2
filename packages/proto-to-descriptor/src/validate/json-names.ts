import type { EnumNode, FieldNode, MessageNode } from "../declaration.ts";
import type { Report } from "../diagnostics.ts";
import { allowsJson } from "../features.ts";
import { defaultJsonName } from "../json-name.ts";

/** Two fields of a message that cannot be told apart in JSON. */
export function validateFieldJsonNames(node: MessageNode, report: Report): void {
  if (node.fields.length < 2 || node.mapField !== undefined) return;
  if (node.proto.options?.deprecatedLegacyJsonFieldConflicts === true) return;
  const strict = allowsJson(node);
  const { source, syntax } = node.file;
  const byName = new Map<string, FieldNode>();
  const byLoose = new Map<string, FieldNode>();
  for (const field of node.fields) {
    const other = byName.get(field.proto.jsonName);
    const custom = isCustom(field) && other !== undefined && isCustom(other);
    if (other !== undefined && (strict || custom)) {
      const message = `The JSON name "${field.proto.jsonName}" of field "${field.name}" is that of field "${other.name}" too.`;
      report(source, field.at, message);
      continue;
    }
    byName.set(field.proto.jsonName, field);
    if (syntax !== "proto3") continue;
    // protoc 3.21 compares names without case and underscores in proto3.
    const loose = looseName(field.name);
    const similar = byLoose.get(loose);
    if (similar === undefined) {
      byLoose.set(loose, field);
    } else {
      const message = `The JSON camel-case name of field "${field.name}" conflicts with field "${similar.name}". This is not allowed in proto3.`;
      report(source, field.at, message);
    }
  }
}

const isCustom = ({ name, proto }: FieldNode): boolean => proto.jsonName !== defaultJsonName(name);

/** Two values of an enum whose names are alike once the name of the enum is taken off. */
export function validateEnumJsonNames(node: EnumNode, report: Report): void {
  if (node.values.length < 2 || !allowsJson(node)) return;
  if (node.proto.options?.deprecatedLegacyJsonFieldConflicts === true) return;
  const prefix = looseName(node.name);
  const byLabel = new Map<string, EnumNode["values"][number]>();
  for (const value of node.values) {
    const label = enumLabel(value.name, prefix);
    const other = byLabel.get(label);
    if (other === undefined) {
      byLabel.set(label, value);
    } else if (other.name !== value.name && other.proto.number !== value.proto.number) {
      const message = `Enum name ${value.name} has the same name as ${other.name} if you ignore case and strip out the enum name prefix (if any). If these are meant to be aliases, give them the same number.`;
      report(node.file.source, value.at, message);
    }
  }
}

const looseName = (name: string): string => name.replaceAll("_", "").toLowerCase();

/** The camel-cased rest of a value's name after the name of its enum. */
function enumLabel(name: string, prefix: string): string {
  let matched = 0;
  let i = 0;
  while (i < name.length && matched < prefix.length) {
    const c = name[i] as string;
    if (c !== "_") {
      if (c.toLowerCase() !== prefix[matched]) return camelCase(name);
      matched++;
    }
    i++;
  }
  if (matched < prefix.length) return camelCase(name);
  while (name[i] === "_") i++;
  return i === name.length ? camelCase(name) : camelCase(name.slice(i));
}

/** FOO_BAR and fooBar-less forms alike: `FooBar`. */
function camelCase(name: string): string {
  let result = "";
  let capitalise = true;
  for (const c of name) {
    if (c === "_") {
      capitalise = true;
    } else {
      result += capitalise ? c.toUpperCase() : c.toLowerCase();
      capitalise = false;
    }
  }
  return result;
}
