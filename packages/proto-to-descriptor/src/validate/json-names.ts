import { allowsJson } from "../link/features.ts";
import type { EnumNode, EnumValueNode, FieldNode, MessageNode } from "../model/declaration.ts";
import type { Report } from "../text/diagnostics.ts";

const UNDERSCORE = 0x5f;

/** Two fields of a message that cannot be told apart in JSON. */
export function validateFieldJsonNames(node: MessageNode, report: Report): void {
  const { fields } = node;
  if (fields.length < 2 || node.mapField !== undefined) return;
  if (!fields.some(hasCustomJsonName) && !hasSimilarNames(fields, noPrefix)) return;
  if (node.proto.options?.deprecatedLegacyJsonFieldConflicts === true) return;
  const strict = allowsJson(node);
  const { source, syntax } = node.file;
  const byName = new Map<string, FieldNode>();
  const byLooseName = new Map<string, FieldNode>();
  for (const field of fields) {
    const { jsonName } = field.proto;
    const same = byName.get(jsonName);
    if (same !== undefined && (strict || (hasCustomJsonName(field) && hasCustomJsonName(same)))) {
      const message = `The JSON name "${jsonName}" of field "${field.name}" is that of field "${same.name}" too.`;
      report(source, field.at, message);
      continue;
    }
    byName.set(jsonName, field);
    if (syntax !== "proto3") continue;
    // protoc 3.21 compares names without case and underscores in proto3.
    const looseName = toLooseName(field.name);
    const similar = byLooseName.get(looseName);
    if (similar === undefined) {
      byLooseName.set(looseName, field);
    } else {
      const message = `The JSON camel-case name of field "${field.name}" conflicts with field "${similar.name}". This is not allowed in proto3.`;
      report(source, field.at, message);
    }
  }
}

const hasCustomJsonName = (field: FieldNode): boolean => field.jsonNameAt !== field.startAt;

/** Two values of an enum whose names are alike once the name of the enum is taken off. */
export function validateEnumJsonNames(node: EnumNode, report: Report): void {
  const { values } = node;
  const prefix = toLooseName(node.name);
  if (!hasSimilarNames(values, (name) => afterPrefix(name, prefix)) || !allowsJson(node)) return;
  if (node.proto.options?.deprecatedLegacyJsonFieldConflicts === true) return;
  const byLabel = new Map<string, EnumValueNode>();
  for (const value of values) {
    const label = toLabel(value.name.slice(afterPrefix(value.name, prefix)));
    const other = byLabel.get(label);
    if (other === undefined) {
      byLabel.set(label, value);
    } else if (other.name !== value.name && other.proto.number !== value.proto.number) {
      const message = `Enum name ${value.name} has the same name as ${other.name} if you ignore case and strip out the enum name prefix (if any). If these are meant to be aliases, give them the same number.`;
      report(node.file.source, value.at, message);
    }
  }
}

const noPrefix = (): number => 0;

/**
 * Whether any two names may be equal without case and underscores, by a hash of them: nearly always
 * the answer is no, and no string is made to find out.
 */
function hasSimilarNames(
  nodes: readonly { readonly name: string }[],
  startOf: (name: string) => number,
): boolean {
  const hashes = new Set<number>();
  for (const { name } of nodes) {
    let hash = 0;
    for (let i = startOf(name); i < name.length; i++) {
      const c = name.charCodeAt(i);
      if (c !== UNDERSCORE) hash = (Math.imul(hash, 31) + (c | 32)) | 0;
    }
    hashes.add(hash);
  }
  return hashes.size < nodes.length;
}

const toLooseName = (name: string): string => name.replaceAll("_", "").toLowerCase();

/** Where the rest of a value's name begins after the loose name of its enum; 0 if nothing is left. */
function afterPrefix(name: string, prefix: string): number {
  let matched = 0;
  let i = 0;
  while (i < name.length && matched < prefix.length) {
    const c = name.charCodeAt(i++);
    if (c === UNDERSCORE) continue;
    const lower = c >= 0x41 && c <= 0x5a ? c | 32 : c;
    if (lower !== prefix.charCodeAt(matched++)) return 0;
  }
  if (matched < prefix.length) return 0;
  while (name.charCodeAt(i) === UNDERSCORE) i++;
  return i < name.length ? i : 0;
}

/** `FOO_BAR` as `FooBar`. */
function toLabel(name: string): string {
  return name
    .split("_")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1).toLowerCase())
    .join("");
}
