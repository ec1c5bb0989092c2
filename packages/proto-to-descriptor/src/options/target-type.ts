import type { FieldNode } from "../model/declaration.ts";
import { formatOptionName, type OptionStatement } from "../model/option-statement.ts";
import type { FieldValue } from "./message-value.ts";
import { failAt, type OptionContext } from "./option-context.ts";
import type { OptionsName } from "./option-target.ts";

/** `FieldOptions.OptionTargetType` of what an options message is for, and its name. */
const TARGET_TYPES: Readonly<Record<OptionsName, readonly [number: number, plural: string]>> = {
  FileOptions: [1, "files"],
  ExtensionRangeOptions: [2, "extension ranges"],
  MessageOptions: [3, "messages"],
  FieldOptions: [4, "fields"],
  OneofOptions: [5, "oneofs"],
  EnumOptions: [6, "enums"],
  EnumValueOptions: [7, "enum values"],
  ServiceOptions: [8, "services"],
  MethodOptions: [9, "methods"],
};

/** Checks that an option, and every field set in it, is meant for what it stands on. */
export function checkTargetType(
  context: OptionContext,
  kind: OptionsName,
  { name, at }: OptionStatement,
  path: readonly FieldNode[],
  value: FieldValue,
): boolean {
  if (context.file.syntax !== "editions" && isFeatures(path[0])) {
    failAt(context, at, "Features are only valid in editions.");
    return false;
  }
  const wrong = path.find((field) => !allowsTarget(field, kind)) ?? wrongTarget(value, kind);
  if (wrong === undefined) return true;
  failAt(
    context,
    at,
    `Option "${formatOptionName(name)}" cannot be set here: "${wrong.name}" is not meant for ${TARGET_TYPES[kind][1]}.`,
  );
  return false;
}

function isFeatures(field: FieldNode | undefined): boolean {
  return field?.type?.kind === "message" && field.type.fullName === "google.protobuf.FeatureSet";
}

function allowsTarget({ proto }: FieldNode, kind: OptionsName): boolean {
  const targets = proto.options?.targets;
  if (targets === undefined || targets.length === 0) return true;
  return targets.includes(TARGET_TYPES[kind][0]);
}

/** A field inside a value that is not meant for what has the option. */
function wrongTarget(value: FieldValue, kind: OptionsName): FieldNode | undefined {
  if (typeof value !== "object") return undefined;
  for (const [field, values] of value.fields) {
    if (!allowsTarget(field, kind)) return field;
    for (const item of values) {
      const wrong = wrongTarget(item, kind);
      if (wrong !== undefined) return wrong;
    }
  }
  return undefined;
}
